#!/usr/bin/perl
# SOCKS and HTTP proxies on the way to a host, as with socat 1.8.1.1.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('through.cases');
