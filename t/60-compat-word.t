#!/usr/bin/perl
# The grammar and the values of options, side by side with socat.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('word.cases');
