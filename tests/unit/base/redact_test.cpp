// SPDX-License-Identifier: MIT
#include "handler/base/redact.hpp"

#include <gmock/gmock.h>

#include <initializer_list>
#include <string>

namespace dockerext {
namespace {

struct Case {
  const char* text;
  const char* redacted;
};

void ExpectRedacted(std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    EXPECT_EQ(Redacted(c.text), c.redacted) << c.text;
    EXPECT_EQ(Redacted(c.redacted), c.redacted) << "redacted twice";
  }
}

TEST(Redacted, HidesTheUserPartOfAUrl) {
  ExpectRedacted({
      {"Err:1 http://user:pass@host/debian end", "Err:1 http://***@host/debian end"},
      {"http://token@host:3128", "http://***@host:3128"},
      {"http://user:p%40ss%2Fw@host/", "http://***@host/"},
      {"http://user:p@ss@host/", "http://***@host/"},
      {"http://user:p:a:ss@host/", "http://***@host/"},
      {"http://user:pa/ss@host:3128/", "http://***@host:3128/"},
      {"http://user:pa?s#s@host/", "http://***@host/"},
      {"http://user:p@/ss@host/", "http://***@host/"},
      {"http://user:p@ss/word@host/", "http://***@host/"},
      {"http://user:it's@host/", "http://***@host/"},
      {"http://:pass@[::1]:3128/", "http://***@[::1]:3128/"},
      {"socks5h://u:p@h,http://u2:p2@h2", "socks5h://***@h2"},
      {R"(parse "http://user:p w@host:3128": invalid userinfo)",
       R"(parse "http://***@host:3128": invalid userinfo)"},
      {R"(msg="Get \"http://user:p\\\"w@host\": EOF" x)", R"(msg="Get \"http://***@host\": EOF" x)"},
      {"cannot use 'http://user:it's@host' here", "cannot use 'http://***@host' here"},
      {R"("http:\/\/user:pass@host")", R"("http:\/\/***@host")"},
      {"?url=http%3A%2F%2Fuser%3Apass%40host%2Fx", "?url=http%3A%2F%2F***%40host%2Fx"},
      {"user:p@ss@host:3128", "***@host:3128"},
      {"--opt=user:pass@host", "--opt=***@host"},
      {R"(invalid proxy URL port "x": parse "user:pass@host": bad)",
       R"(invalid proxy URL port "x": parse "***@host": bad)"},
      {R"(parse "http://user:pa/ss@proxy:3128": invalid port ":pa" after host)",
       R"(parse "http://***@proxy:3128": invalid port ":***" after host)"},
  });
}

TEST(Redacted, HidesTheUserPartOfAUrlThatIsMiswritten) {
  ExpectRedacted({
      {R"(parse "//user:Secret1@host:3128": bad)", R"(parse "//***@host:3128": bad)"},
      {"invalid proxy '//bob:Secret1@h'", "invalid proxy '//***@h'"},
      {"x=//bob:se/cret@h y", "x=//***@h y"},
      {"http:/user:Secret1@host", "http:/***@host"},
      {"https//user:Secret1@host", "***@host"},
      {"http://user:Secret1%40host:3128", "http://***%40host:3128"},
      {"http://user:Sec ret1@host:3128/ failed", "http://***@host:3128/ failed"},
      {"http://user:Sec re t1@host:3128/", "http://***@host:3128/"},
  });
}

TEST(Redacted, HidesTheUserPartOfAProxyInAnyForm) {
  ExpectRedacted({
      {"HTTP_PROXY=http://u:p@host:3128", "HTTP_PROXY=http://***@host:3128"},
      {"https_proxy=token@host:3128", "https_proxy=***@host:3128"},
      {"ALL_PROXY=\"socks5://u:p w/x@host\" next", "ALL_PROXY=\"socks5://***@host\" next"},
      {"--http-proxy=http://12/34@host:1", "--http-proxy=http://***@host:1"},
      {R"({"http-proxy": "tok/en@host:1","no-proxy":"a,b"})",
       R"({"http-proxy": "***@host:1","no-proxy":"a,b"})"},
      {"Acquire::http::Proxy \"http://u:p@host\";", "Acquire::http::Proxy \"http://***@host\";"},
      {"http-proxy: (from flag: http://u:p w@h1, from file: u:p@h2)",
       "http-proxy: (from flag: http://***@h1, from file: ***@h2)"},
      {"NO_PROXY=localhost,10.0.0.0/8", "NO_PROXY=localhost,10.0.0.0/8"},
  });
}

TEST(Redacted, HidesSignedQueriesWhole) {
  ExpectRedacted({
      {"https://a.blob/c/x.deb?sv=2022-11-02&se=2026-01-01&sr=b&sig=aB%2Fc%3D 403",
       "https://a.blob/c/x.deb?*** 403"},
      {"https://a.blob/c?sig=aB/c=&se=2026", "https://a.blob/c?***"},
      {R"("https://a.blob/c?se=1\u0026sig=abc")", R"("https://a.blob/c?***")"},
      {"sv=2022&ss=b&sig=abc", "sv=2022&ss=b&sig=***"},
      {"https://b.s3.amazonaws.com/x?X-Amz-Date=1&X-Amz-Signature=ab12", "https://b.s3.amazonaws.com/x?***"},
      {"u=https%3A%2F%2Fa%2Fc%3Fse%3D1%26sig%3Dabc", "u=https%3A%2F%2Fa%2Fc%3Fse%3D1%26sig%3D***"},
      {"http://h/x?license=1&base=2", "http://h/x?license=1&base=2"},
  });
}

TEST(Redacted, HidesAuthorizationHeaders) {
  ExpectRedacted({
      {"Authorization: Basic dXNlcjpwYXNz failed", "Authorization: *** failed"},
      {"authorization: bearer abc", "authorization: ***"},
      {"Proxy-Authorization: Digest username=\"u\", response=\"abc\"", "Proxy-Authorization: ***"},
      {"X-Registry-Auth: eyJ1c2VybmFtZSI6InUifQ==", "X-Registry-Auth: ***"},
      {"curl -H 'Authorization: Bearer abc' x", "curl -H 'Authorization: *** x"},
      {R"({"Authorization":"Basic dXNlcjpwYXNz","x":1})", R"({"Authorization":"***","x":1})"},
      {"sent Bearer eyJhbGciOi.J9.abc1 to it", "sent Bearer *** to it"},
      {"Www-Authenticate: Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\"",
       "Www-Authenticate: Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\""},
      {"no basic auth credentials", "no basic auth credentials"},
  });
}

TEST(Redacted, HidesWhatDockerdPrintsOfMaps) {
  ExpectRedacted({
      {"configuration file: log-opts: (from flag: map[splunk-token:a b tag:x], from file: map[gelf-x:c)]d])",
       "configuration file: log-opts: (from flag: map[***], from file: map[***])"},
      {"log-opts: (from flag: map[a:b], from file: map[a:c]), hosts: (from flag: [fd://], from file: "
       "[tcp://0.0.0.0:1])",
       "log-opts: (from flag: map[***], from file: map[***]), hosts: (from flag: [fd://], from file: "
       "[tcp://0.0.0.0:1])"},
      {"registry-mirrors: (from flag: [https://u:p@m], from file: [https://m])",
       "registry-mirrors: (from flag: [https://***@m], from file: [https://m])"},
      {"options map[a:map[b:c] d:e] of", "options map[***] of"},
      {"cannot unmarshal string into field of type map[string]string",
       "cannot unmarshal string into field of type map[string]string"},
  });
}

TEST(Redacted, HidesTheValuesOfSecretKeys) {
  ExpectRedacted({
      {"--log-opt=splunk-token=abc x", "--log-opt=splunk-token=*** x"},
      {"--log-opt splunk-token=abc", "--log-opt splunk-token=***"},
      {R"(invalid argument "splunk-token=a b" for "--log-opt" flag)",
       R"(invalid argument "splunk-token=***" for "--log-opt" flag)"},
      {R"({"password" : "a \"b", "x": 1})", R"({"password" : "***", "x": 1})"},
      {R"(msg="bad {\"token\":\"abc\",\"y\":1}")", R"(msg="bad {\"token\":\"***\",\"y\":1}")"},
      {"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key = ***"},
      {"AccountName=x;AccountKey=abc==;EndpointSuffix=core", "AccountName=x;AccountKey=***"},
      {"password: hunter", "password: ***"},
      {"Token: a1b2c3d4", "Token: ***"},
      {"--password hunter2 next", "--password *** next"},
      {"labels: com.example.secret=x", "labels: com.example.secret=***"},
      {R"("auths":{"r":{"auth":"dTpw"}})", R"("auths":{"r":{"auth":"***"}})"},
      {"password=", "password="},
      {"pass=hunter2", "pass=***"},
      {"PASS=hunter2", "PASS=***"},
      {"dbpass=hunter", "dbpass=***"},
      {"db_pass=hunter", "db_pass=***"},
      {"pass: hunter2", "pass: ***"},
      {"--pass hunter next", "--pass *** next"},
      {"SECRET_KEY_BASE: a1b2c3d4", "SECRET_KEY_BASE: ***"},
      {"password: two words", "password: ***"},
      {R"(msg="password: two words" level=info)", R"(msg="password: ***" level=info)"},
      {R"(token: "abc" next)", R"(token: "***" next)"},
      {"--log-opt=awslogs-secret-key hunter next", "--log-opt=awslogs-secret-key *** next"},
      {"Cookie: session=hunter; path=/", "Cookie: ***"},
      {"Set-Cookie: a=b", "Set-Cookie: ***"},
      {"https://h/?key=hunter", "https://h/?key=***"},
      {"https://h/cb?code=hunter&state=x y", "https://h/cb?code=***&state=x y"},
      {"https://h/cb?a=1&key=hunter", "https://h/cb?a=1&key=***"},
      {"unexpected token: invalid character", "unexpected token: invalid character"},
      {"error reading token at line 3", "error reading token at line 3"},
  });
}

TEST(Redacted, HidesTokensByTheirPrefix) {
  ExpectRedacted({
      {"key AKIAIOSFODNN7EXAMPLE.", "key ***"},
      {"join SWMTKN-1-49nj1cmql0jkz5s954yi3oex3nedyz0fb0xx14ie39trti4wxv-8vxv8rssmk743ojnwacrr2e7c now",
       "join *** now"},
      {"got dckr_pat_aBcDeFgHiJkL", "got ***"},
      {"npm_abcdefghijklmnopqrstuvwxyz0123456789 x", "*** x"},
      {"xoxb-123-abcdef", "***"},
      {"https://hooks.slack.com/services/T00/B00/abcdefghijkl", "https://***"},
      {"sk-abcdefghijklmnopqrstuv", "***"},
      {"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t", "***"},
      {"AKIA is a prefix", "AKIA is a prefix"},
  });
}

TEST(Redacted, HidesPrivateKeys) {
  ExpectRedacted({
      {"a -----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY----- b", "a *** b"},
      {R"("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" b)", R"("***\n" b)"},
      {"-----BEGIN PRIVATE KEY-----\nAA", "***"},
      {"key: AAAA\nBBBB\n-----END PRIVATE KEY-----\nb", "key: ***\nb"},
      {"-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----",
       "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----"},
  });
}

// A foreign text is redacted before it is quoted in a sentence, which is redacted once more as a whole.
TEST(Redacted, KeepsWhatFollowsATextThatWasRedacted) {
  for (const char* text : {"password=\"x", "token: \"abc", "token: \"abc 1", "a token=abc", "log token='a b",
                           "Authorization: Basic abc", "Authorization: Digest a=\"b", "map[a:b",
                           "password: a b", "https://h/?sv=1&sig=abc", "sig=abc", "invalid port \":abc",
                           "Cookie: a=b", "log-opts: (from flag: map[a:b", "-----BEGIN PRIVATE KEY-----\nAA",
                           "http_proxy=\"http://u:p w@h", "http://u:p w@h", "{\"password\":\"a"}) {
    const std::string shown = Redacted(text);
    EXPECT_THAT(shown, testing::HasSubstr("***"));
    for (const char* rest :
         {"; correct what line 12 says: \"a\": b, and run it (as root@vm1)", "'; write one of a:b"})
      EXPECT_EQ(Redacted("is '" + shown + rest), "is '" + shown + rest);
  }
}

TEST(Redacted, KeepsOrdinaryText) {
  for (const char* text : {
           "",
           "https://host/a@b",
           "http://registry:5000/x@sha256:0123456789abcdef0123456789abcdef",
           "registry:5000/x@sha256:0123456789abcdef0123456789abcdef is missing",
           "ubuntu:22.04@sha256:0123456789abcdef0123456789abcdef",
           "port 4243 presents the settings' certificate; tcp://0.0.0.0:4243 [::1]:2375 10.0.0.1:53",
           "/etc/systemd/system/foo@.service:12: Unknown key name 'x'",
           "/lib/a:b@c x:/d@e user@1000.service git@github.com:org/repo",
           "E: Failed to fetch http://deb.debian.org/debian/dists/x  Could not resolve 'deb.debian.org'",
           "failed to start daemon: Error initializing network controller: error creating default \"bridge\" "
           "network",
           "--tlskey=/etc/docker/docker-extension/tls-1/key.pem --authorization-plugin=x",
           "protectedSettings.certs.key: is neither PEM (-----BEGIN ...) nor base64 of PEM; send it again, "
           "whole",
           "time=\"2026-11-24T20:18:00.1Z\" level=error msg=\"a\" error=\"b: c\"",
           "unknown flag: --token",
           "must be one of auto, keep, configuration and packages, but is 'x'; write one of these",
           "protectedSettings.certs.key holds a private key; send the key in protectedSettings.certs.key",
           "send it in protectedSettings, with a new key or password in place of one that stood here",
           "the tests pass: all of them, --bypass x, compass=1, bypass=2",
           "key=value code=1 a?b key=x",
           "//comment a//b@c /x//y:z@w // user@host http://host:80/a%40b https://[::1]:80/ x@y",
           "see https://docs.docker.com/engine/ or write to a@b",
           "tcp://0.0.0.0:4243 of docker@1.service, and /a:/b:ro",
           "run `systemctl restart docker`, see that it starts, and set the extension's settings again",
           "npm_config sk-linux xoxb-",
           "\xFF\x01\xC3\xA9",
       })
    EXPECT_EQ(Redacted(text), text);
}

}  // namespace
}  // namespace dockerext
