#!/usr/bin/perl
# What is logged about each kind of address, side by side with socat.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('log.cases');
