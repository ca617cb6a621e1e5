#!/usr/bin/perl
# Packets of IP itself, as with socat 1.8.1.1; they need root and unshare.
use strict;
use warnings;
use File::Basename 'dirname';
use lib dirname(__FILE__) . '/compat';
use Side;

Side::skip_all('needs root and network namespaces')
    if $> || system('unshare -n true 2>/dev/null');
side('rawip.cases');
