#!/usr/bin/perl
# Pseudo terminals, and what termios options make of them, as with socat 1.8.1.1.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

side('pty.cases');
