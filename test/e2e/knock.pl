# Knocks at Consul's ports, and prints a line `<name> <tcp|udp>/<port>` for each that answers.
#
#   perl knock.pl sockets (<name> <interface or -> <source address or -> <address>)...
#   perl knock.pl frames (<name> <interface> <MAC address> <source address> <address>)...
#
# `sockets` asks as any program can, each in the protocol of its port: somebody else may take the
# connection. `frames` needs NET_RAW: a SYN or datagram goes straight to that MAC address, and the
# answer counts on whichever interface it comes.
use strict;
use warnings;
use Socket qw(:DEFAULT IPPROTO_TCP IPPROTO_UDP MSG_NOSIGNAL);

use constant {
  AF_PACKET         => 17,
  ETH_P_ALL         => 0x0003,
  SOCK_NONBLOCK     => 04000,
  SO_BINDTODEVICE   => 25,
  SECONDS_TO_ANSWER => 2,
};

my $dns = pack('n6', 1, 0x0100, 1, 0, 0, 0) . "\7service\6consul\0" . pack('n2', 6, 1);
my $ping = "\0\x81\xa5SeqNo\1";
my $call = "\0\x82\xadServiceMethod\xabStatus.Ping\xa3Seq\1\x80";
my $pong = qr/SeqNo|^\x09\x82\xa4Algo/;
# What to say, and what Consul then says. Nothing is said to gRPC: to frames its SYN+ACK is enough.
my %ports = (
  tcp => {
    8300 => [$call, qr/Status\.Ping/],
    8301 => [$ping, $pong],
    8302 => [$ping, $pong],
    8500 => ["GET /v1/status/leader HTTP/1.0\r\n\r\n", qr/:8300"/],
    8502 => [],
    8503 => [],
    8600 => [pack('n', length $dns) . $dns, qr/service/],
  },
  udp => {
    8301 => [$ping, $pong],
    8302 => [$ping, $pong],
    8600 => [$dns, qr/service/],
  },
);

my ($way, @arguments) = @ARGV;
$| = 1;
{ sockets => \&sockets, frames => \&frames }->{$way}->(@arguments);

sub sockets {
  my @open;
  while (my ($name, $interface, $source, $address) = splice @_, 0, 4) {
    for my $protocol (sort keys %ports) {
      for my $port (sort keys %{$ports{$protocol}}) {
        my ($ask, $expect) = @{$ports{$protocol}{$port}} or next;
        my $type = ($protocol eq 'tcp' ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK;
        socket my $socket, AF_INET, $type, 0 or die "socket: $!";
        if ($interface ne '-') {
          setsockopt $socket, SOL_SOCKET, SO_BINDTODEVICE, "$interface\0" or die "$interface: $!";
        }
        if ($source ne '-') {
          bind $socket, sockaddr_in(0, inet_aton($source)) or die "$source: $!";
        }
        # It fails where there is no route: then nobody answers.
        connect $socket, sockaddr_in($port, inet_aton($address));
        push @open, {
          socket => $socket,
          label  => "$name $protocol/$port",
          ask    => $ask,
          expect => $expect,
          heard  => '',
        };
      }
    }
  }
  my $end = time + SECONDS_TO_ANSWER;
  while (@open && time <= $end) {
    my ($read, $write) = ('', '');
    for my $one (@open) {
      vec($read, fileno $one->{socket}, 1) = 1;
      vec($write, fileno $one->{socket}, 1) = 1 if defined $one->{ask};
    }
    select $read, $write, undef, 0.2;
    my @left;
    for my $one (@open) {
      my $number = fileno $one->{socket};
      if (defined $one->{ask} && vec $write, $number, 1) {
        next unless defined send $one->{socket}, $one->{ask}, MSG_NOSIGNAL;
        $one->{ask} = undef;
      }
      if (vec $read, $number, 1) {
        my $got = sysread $one->{socket}, $one->{heard}, 65_536, length $one->{heard};
        if ($one->{heard} =~ $one->{expect}) {
          print "$one->{label}\n";
          next;
        }
        next unless $got;
      }
      push @left, $one;
    }
    @open = @left;
  }
}

sub frames {
  my $protocol = unpack 'S', pack 'n', ETH_P_ALL;
  socket my $socket, AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, $protocol or die "AF_PACKET: $!";
  my %waiting;
  my $own_port = 20_000;
  while (my ($name, $interface, $mac, $source, $address) = splice @_, 0, 5) {
    my $hardware = pack 'H12', $mac =~ s/://gr;
    my $index = of($interface, 'ifindex');
    my $to = pack 'S n i S C C a8', AF_PACKET, 0x0800, $index, 0, 0, 6, $hardware;
    my $ethernet = $hardware . pack('H12', of($interface, 'address') =~ s/://gr) . pack 'n', 0x0800;
    my ($from, $destination) = (inet_aton($source), inet_aton($address));
    for my $protocol (sort keys %ports) {
      for my $port (sort keys %{$ports{$protocol}}) {
        $own_port++;
        $waiting{"$protocol $address $own_port"} = "$name $protocol/$port";
        my $ip_protocol = $protocol eq 'tcp' ? IPPROTO_TCP : IPPROTO_UDP;
        my $datagram = $ports{$protocol}{$port}[0];
        my $packet =
            $protocol eq 'tcp'
          ? pack('n n N N C C n n n', $own_port, $port, 1, 0, 0x50, 0x02, 64_240, 0, 0)
          : pack('n n n n', $own_port, $port, 8 + length $datagram, 0) . $datagram;
        my $pseudo = $from . $destination . pack 'n n', $ip_protocol, length $packet;
        substr $packet, $protocol eq 'tcp' ? 16 : 6, 2, pack 'n', checksum($pseudo . $packet);
        my $header = pack 'C C n n n C C n a4 a4',
          0x45, 0, 20 + length $packet, 0, 0, 64, $ip_protocol, 0, $from, $destination;
        substr $header, 10, 2, pack 'n', checksum($header);
        send $socket, $ethernet . $header . $packet, 0, $to or die "send: $!";
      }
    }
  }
  my $end = time + SECONDS_TO_ANSWER;
  while (%waiting && time <= $end) {
    my $read = '';
    vec($read, fileno $socket, 1) = 1;
    select $read, undef, undef, 0.2;
    while (defined recv $socket, my $frame, 65_536, 0) {
      next if length $frame < 42 || unpack('x12 n', $frame) != 0x0800;
      my $ip = substr $frame, 14;
      my $segment = substr $ip, 4 * (unpack('C', $ip) & 0x0f);
      my %names = (IPPROTO_TCP() => 'tcp', IPPROTO_UDP() => 'udp');
      my $protocol = $names{ unpack 'x9 C', $ip } // next;
      next if $protocol eq 'tcp' && (unpack('x13 C', $segment) & 0x12) != 0x12;
      # What others were answered may still come: this container has their address now.
      my $peer = inet_ntoa(substr $ip, 12, 4);
      my $answered = delete $waiting{ "$protocol $peer " . unpack 'x2 n', $segment };
      print "$answered\n" if defined $answered;
    }
  }
}

sub of {
  my ($interface, $property) = @_;
  open my $file, '<', "/sys/class/net/$interface/$property" or die "$interface: $!";
  chomp(my $value = <$file>);
  return $value;
}

sub checksum {
  my ($bytes) = @_;
  my $sum = unpack '%32n*', length($bytes) % 2 ? "$bytes\0" : $bytes;
  $sum = ($sum & 0xffff) + ($sum >> 16) while $sum > 0xffff;
  return ~$sum & 0xffff;
}
