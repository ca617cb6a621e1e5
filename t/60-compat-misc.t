#!/usr/bin/perl
# SHELL, statistics, names of dumps, what is logged, children of programs,
# network namespaces, as with socat 1.8.1.1.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('misc.cases');
