#!/usr/bin/perl
# Ends of file, timeouts and transfers, side by side with socat.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('data.cases');
