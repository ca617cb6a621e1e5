#!/usr/bin/perl
# Signals, status, limits and the environment, as with socat 1.8.1.1.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('serve.cases');
