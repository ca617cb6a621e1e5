#!/usr/bin/perl
# Message queues, TEXT and STALL, interfaces, SCTP, DCCP and VSOCK, as with
# socat 1.8.1.1.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('other.cases');
