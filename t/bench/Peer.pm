# The programs that are compared, and how each is told to relay.
#
# A peer's kinds are functions from a place to listen at and a target to a
# command; a kind that it does not have is not measured.
package Peer;
use strict;
use warnings;
use Meter;

my $proxyd = '/lib/systemd/systemd-socket-proxyd';
my $stream = '/usr/lib/nginx/modules/ngx_stream_module.so';

sub installed {
	my ($name) = @_;
	return -x $name ? $name : undef if $name =~ m{/};
	for (split(/:/, $ENV{PATH}), '/usr/sbin', '/sbin') {
		return "$_/$name" if -x "$_/$name";
	}
	return;
}

sub write_file {
	my ($name, $text) = @_;
	open my $h, '>', "$Meter::dir/$name" or die "$name: $!";
	print $h $text;
	close $h or die "$name: $!";
	return "$Meter::dir/$name";
}

# relay and socat: the same words for both
sub socat_kinds {
	my ($bin, $load, $more) = @_;
	my $listen = sub {
		"TCP4-LISTEN:$_[0],bind=127.0.0.1,fork,reuseaddr,backlog=1024"
		    . $more;
	};
	return {
		'tcp-tcp' => sub {
			($bin, $listen->($_[0]), "TCP4:127.0.0.1:$_[1]")
		},
		'unix-tcp' => sub {
			($bin, "UNIX-LISTEN:$_[0],fork$more",
			    "TCP4:127.0.0.1:$_[1]")
		},
		'tcp-unix' => sub {
			($bin, $listen->($_[0]), "UNIX-CONNECT:$_[1]")
		},
		'tcp-exec' => sub {
			($bin, $listen->($_[0]), "EXEC:$load sink -")
		},
		$more ? () : (
			'stdio-tcp' => sub {
				($bin, '-', "TCP4:127.0.0.1:$_[1]")
			},
			'udp-udp' => sub {
				($bin, "UDP4-LISTEN:$_[0],bind=127.0.0.1,fork",
				    "UDP4:127.0.0.1:$_[1]")
			},
		),
	};
}

sub haproxy_command {
	my ($bin, $options, $listen, $target) = @_;
	$target = "unix\@$target" if $target =~ m{/};
	$target = "127.0.0.1:$target" if $target =~ /^\d+$/;
	$listen = "127.0.0.1:$listen" if $listen =~ /^\d+$/;
	return ($bin, '-db', '-f', write_file('haproxy.cfg', <<"END"));
global
	nbthread 2
	maxconn 6000
	maxpipes 64
defaults
	mode tcp
	timeout connect 5s
	timeout client 1h
	timeout server 1h
$options
listen relay
	bind $listen
	server target $target
END
}

sub nginx_command {
	my ($bin, $listen, $target, $udp) = @_;
	$target = $target =~ m{/} ? "unix:$target" : "127.0.0.1:$target";
	$listen = $listen =~ m{/} ? "unix:$listen" : "127.0.0.1:$listen";
	return ($bin, '-e', 'stderr', '-p', $Meter::dir, '-g', 'daemon off;',
	    '-c', write_file('nginx.conf', <<"END"));
load_module $stream;
@{[ $> == 0 ? 'user root;' : '' ]}
worker_processes 2;
worker_rlimit_nofile 20000;
pid $Meter::dir/nginx.pid;
events { worker_connections 12000; }
stream { server { listen $listen$udp; proxy_pass $target; proxy_timeout 1h; } }
END
}

sub proxyd_command {
	my ($bin, $listen, $target) = @_;
	$listen = "127.0.0.1:$listen" if $listen =~ /^\d+$/;
	$target = "127.0.0.1:$target" if $target =~ /^\d+$/;
	return ($bin, '-l', $listen, $proxyd, '--connections-max=9000',
	    $target);
}

# one function for the kinds between TCP and unix sockets
sub stream_kinds {
	my ($command) = @_;
	return { map { $_ => $command } qw(tcp-tcp unix-tcp tcp-unix) };
}

# The peers that are installed, in the order of the tables. top: of the tree.
sub all {
	my ($top, $load, $probe) = @_;
	my $pool = ',pool=' . ($ENV{POOL} || 16);
	my $static = $ENV{RELAY_STATIC} || "$top/relay-static";
	my $haproxy = installed('haproxy');
	my $nginx = -e $stream ? installed('nginx') : undef;
	my $activate = -x $proxyd ?
	    installed('systemd-socket-activate') : undef;
	my @all = (
		map({ my $bin = $_->[1];
		    [ @$_, { 'tcp-tcp' => sub { ($bin, @_) } } ] }
		    [ 'probe', $probe ], [ 'probe static', "$probe-static" ]),
		map({ [ @$_[0, 1], socat_kinds($_->[1], $load, $_->[2]) ] }
		    [ 'relay', $ENV{RELAY} || "$top/relay", '' ],
		    [ 'relay static', $static, '' ],
		    [ 'relay posix',
			$ENV{RELAY_POSIX} || "$top/relay-posix", '' ],
		    [ 'relay pool', -x $static ? $static :
			$ENV{RELAY} || "$top/relay", $pool ],
		    [ 'socat', installed($ENV{SOCAT} || 'socat'), '' ]),
		[ 'haproxy', $haproxy, stream_kinds(sub {
			haproxy_command($haproxy, '', @_) }) ],
		[ 'haproxy splice', $haproxy, { 'tcp-tcp' => sub {
			haproxy_command($haproxy, "\toption splice-auto",
			    @_) } },
		    'bulk' ],
		[ 'nginx', $nginx, { %{ stream_kinds(sub {
			nginx_command($nginx, @_, '') }) }, 'udp-udp' => sub {
			nginx_command($nginx, @_, ' udp') } } ],
		[ 'socket-proxyd', $activate, stream_kinds(sub {
			proxyd_command($activate, @_) }) ],
		[ 'redir', installed('redir'), { 'tcp-tcp' => sub {
			(installed('redir'), '-n', '-l', 'none',
			    "127.0.0.1:$_[0]", "127.0.0.1:$_[1]") } },
		    'bulk rtt idle start' ],
		[ 'rinetd', installed('rinetd'), { 'tcp-tcp' => sub {
			(installed('rinetd'), '-f', '-c',
			    write_file("rinetd.conf",
			    "127.0.0.1 $_[0] 127.0.0.1 $_[1]\n")) } } ],
	);
	return map { { name => $_->[0], bin => $_->[1], kinds => $_->[2],
	    only => $_->[3] } } grep { defined $_->[1] && -x $_->[1] } @all;
}

1;
