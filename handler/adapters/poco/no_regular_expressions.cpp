// SPDX-License-Identifier: MIT
// Takes the place of libpcre.a in the static program. Poco would use it for names that a proxy does not serve
// and for wildcards in a server's certificate, and the handler has neither: it asks the engine of its own
// machine, without a proxy, and compares that engine's certificate itself. Poco throws what pcre_compile
// says.
namespace {

void Free(void* /*memory*/) {}

}  // namespace

extern "C" {

extern void (*pcre_free)(void*);
void (*pcre_free)(void*) = Free;

void* pcre_compile(const char* pattern, int options, const char** error, int* offset,
                   const unsigned char* tables);
void* pcre_compile(const char* /*pattern*/, int /*options*/, const char** error, int* offset,
                   const unsigned char* /*tables*/) {
  *error = "regular expressions are not linked";
  *offset = 0;
  return nullptr;
}

void* pcre_study(const void* code, int options, const char** error);
void* pcre_study(const void* /*code*/, int /*options*/, const char** error) {
  *error = nullptr;
  return nullptr;
}

int pcre_exec(const void* code, const void* extra, const char* subject, int length, int start, int options,
              int* offsets, int size);
int pcre_exec(const void* /*code*/, const void* /*extra*/, const char* /*subject*/, int /*length*/,
              int /*start*/, int /*options*/, int* /*offsets*/, int /*size*/) {
  return -1;  // PCRE_ERROR_NOMATCH
}
}
