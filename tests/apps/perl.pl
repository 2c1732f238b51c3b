# perl: fork, pipes, sockets, signals, files, sprintf, regular expressions.
use strict;
use warnings;
use IO::Socket::INET;
use IO::Select;
use Socket;
use POSIX qw(:sys_wait_h :signal_h);
use File::Temp;
use File::Find;
use Fcntl       qw(:flock :seek);
use Time::HiRes qw(alarm sleep time);
$| = 1;
pipe( my $r, my $w ) or die;
my $pid = fork();
if ( !$pid ) { close $r; print $w "from child\n" for 1 .. 3; close $w; exit 7 }
close $w;
my @l = <$r>;
waitpid $pid, 0;
print scalar(@l), " lines, status ", $? >> 8, "\n";
my @kids = map {
	my $n = $_;
	my $p = fork() // die;
	if ( !$p ) { exit $n }
	$p
} 1 .. 10;
my $sum = 0;
while ( ( my $p = wait() ) > 0 ) { $sum += $? >> 8 }
print "sum $sum\n";
print "backtick: ", `echo hi`, "system: ", system("exit 3;") >> 8, "\n";
open( my $p, '-|', 'sh', '-c', 'echo a; echo b' ) or die;
print map { "[$_]" } map { chomp; $_ } <$p>;
close $p;
print "\n";
open( $p, '|-', 'tr a-z A-Z' ) or die;
print $p "upper\n";
close $p;
my $got = 0;
local $SIG{USR1} = sub { $got++ };
kill USR1 => $$ for 1 .. 3;
print "usr1 $got\n";
local $SIG{ALRM} = sub { die "alarm\n" };
eval { alarm 0.05; sleep 5; };
print "eval: $@";
my $reaped = 0;
{
	local $SIG{CHLD} = sub {
		while ( waitpid( -1, WNOHANG ) > 0 ) { $reaped++ }
	};
	for ( 1 .. 5 ) { my $k = fork(); exit 0 unless $k }
	my $t = time;
	sleep 0.05 while $reaped < 5 && time - $t < 5;
}
print "reaped $reaped\n";
my $srv = IO::Socket::INET->new(
	Listen    => 5,
	LocalAddr => '127.0.0.1',
	Proto     => 'tcp'
) or die "listen: $!";
my $port = $srv->sockport;
if ( !( $pid = fork() ) ) {
	my $c = IO::Socket::INET->new( PeerAddr => "127.0.0.1:$port" ) or die;
	print $c "hello\n";
	$c->flush;
	my $a = <$c>;
	print "client got $a";
	exit 0;
}
my $c    = $srv->accept;
my $line = <$c>;
print "server got $line";
print $c uc $line;
close $c;
waitpid $pid, 0;
socketpair( my $s1, my $s2, AF_UNIX, SOCK_STREAM, PF_UNSPEC ) or die;
syswrite $s1, "pair";
sysread $s2, my $buf, 10;
print "$buf\n";
my $sel = IO::Select->new($s1);
print "readable ", scalar( my @n = $sel->can_read(0) ), "\n";
syswrite $s2, "x";
print "readable ", scalar( my @m = $sel->can_read(1) ), "\n";
my $dir = File::Temp->newdir;
open( my $f, '+>', "$dir/f" ) or die;
print $f "abc" x 1000;
seek $f, 3, SEEK_SET;
read $f, $buf, 3;
print "$buf ", -s "$dir/f", "\n";
flock( $f, LOCK_EX ) or die;

if ( !( $pid = fork() ) ) {
	open my $g, '<', "$dir/f";
	print flock( $g, LOCK_EX | LOCK_NB ) ? "locked\n" : "busy\n";
	exit 0;
}
waitpid $pid, 0;
truncate $f, 10;
print -s $f, "\n";
rename "$dir/f", "$dir/g" or die;
print -e "$dir/f" ? "old" : "gone", "\n";
symlink "g", "$dir/l";
print readlink("$dir/l"), "\n";
utime 5, 6, "$dir/g";
print +( stat "$dir/g" )[9], "\n";
mkdir "$dir/d";
open my $h, '>', "$dir/d/$_" for 1 .. 5;
my $n = 0;
find( sub { $n++ if -f }, "$dir" );
print "found $n\n";
opendir my $D, "$dir/d";
print join( ",", sort grep !/^\./, readdir $D ), "\n";
my %h = map { $_ => length } qw(apple fig banana);
print join( " ", map { "$_=$h{$_}" } sort keys %h ), "\n";
( my $s = "The cat sat" ) =~ s/(\w)at/<$1>/g;
print "$s\n";
printf "%.3f %e %x %s\n", 1 / 3, 12345.678, 255, join "",
  sort { $b <=> $a } 1 .. 5;
print "exec: ";
if ( !( $pid = fork() ) ) { exec 'echo', 'done' or exit 1 }
waitpid $pid, 0;
print "pid ok\n" if getppid > 0 && $$ > 0;
print WIFSIGNALED(
	do {
		my $k = fork();
		if ( !$k ) { kill KILL => $$; }
		waitpid $k, 0;
		$?;
	}
) ? "signalled\n" : "no\n";
printf "%s %d\n", ( getpwuid(0) )[0], scalar( my @a = localtime 0 );
eval { require Encode; print Encode::encode( "UTF-8", "\x{263a}" ), "\n" };
unlink "nothing" or print "$!\n";
exit 5;
