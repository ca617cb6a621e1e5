#!/usr/bin/perl
# What is logged about each kind of address, as with socat 1.8.1.1.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('log.cases');
