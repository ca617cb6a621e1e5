#!/usr/bin/perl
# The dumps of -v, -x, -r and -R and the line ends, side by side with socat.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('dump.cases');
