#!/usr/bin/perl
# Generic sockets, data as their addresses, and setsockopt, as with
# socat 1.8.1.1.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('socket.cases');
