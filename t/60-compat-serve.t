#!/usr/bin/perl
# Signals, status, limits and the environment, side by side with socat.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('serve.cases');
