#!/usr/bin/perl
# The dumps of -v, -x, -r and -R and the line ends, as with socat 1.8.1.1.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('dump.cases');
