#!/usr/bin/perl
# A CGI script: the request is in the environment and on stdin, the answer goes to stdout.
use strict;
use warnings;

sub variable { $ENV{ $_[0] } // '' }

print STDERR "asked for $ENV{REQUEST_URI}\n";
my $body = '';
read STDIN, $body, variable('CONTENT_LENGTH') || 0;
print "Content-Type: text/plain\n\n";
print 'cgi ', variable('SLOT'), "\n";
print "$ENV{REQUEST_METHOD} $ENV{SCRIPT_NAME} + ", variable('PATH_INFO'), ' ? ', variable('QUERY_STRING'), "\n";
print 'x-test: ', variable('HTTP_X_TEST'), "\n";
print "body: $body\n";
