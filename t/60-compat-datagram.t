#!/usr/bin/perl
# Datagrams without a connection, as with socat 1.8.1.1.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('datagram.cases');
