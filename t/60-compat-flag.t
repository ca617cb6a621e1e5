#!/usr/bin/perl
# The flags of the command line and the help, side by side with socat.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('flag.cases');
