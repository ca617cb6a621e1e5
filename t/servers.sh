# servers.sh: servers that tests have behind relay, each with files of its own
# below T.  To be sourced after lib.sh.

# nginx_config SERVER: T/nginx.conf, for nginx -c "$T/nginx.conf" -p "$T", with
# one server of those words; its pages are in T/www
nginx_config() {
	mkdir -p "$T/www" "$T/tmp" && chmod 755 "$T" "$T/www"
	cat >"$T/nginx.conf" <<END
daemon off;
worker_processes 1;
user $(id -un);
pid $T/nginx.pid;
error_log $T/error.log;
events { worker_connections 512; }
http {
	access_log off;
	client_body_temp_path $T/tmp/body;
	proxy_temp_path $T/tmp/proxy;
	fastcgi_temp_path $T/tmp/fastcgi;
	uwsgi_temp_path $T/tmp/uwsgi;
	scgi_temp_path $T/tmp/scgi;
	server { root $T/www; $1 }
}
END
}

# sshd_config PORT: T/sshd_config, for sshd -f, and keys of a host and a user;
# SHLVL keeps a bash from the files of whoever runs the tests
sshd_config() {
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$T/host" &&
	    ssh-keygen -q -t ed25519 -N '' -f "$T/user" &&
	    cp "$T/user.pub" "$T/authorized" && cat >"$T/sshd_config" <<END
Port $1
ListenAddress 127.0.0.1
HostKey $T/host
PidFile $T/sshd.pid
AuthorizedKeysFile $T/authorized
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
SetEnv SHLVL=1
END
}

# ssh_user ARGS...: ssh as that user, who knows no hosts and is asked nothing
ssh_user() {
	ssh -F none -i "$T/user" -o BatchMode=yes \
	    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
	    -o LogLevel=ERROR -o IdentitiesOnly=yes "$@"
}
