/* USDT probes in the shape of those of a JVM, a database and a web server, fired a known number of times. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Without <sys/sdt.h>: a nop, and the ELF note that names the probe and where its arguments are. */
#define USDT(provider, name, format, ...)                                      \
  __asm__ volatile("990: nop\n"                                                \
                   ".pushsection .note.stapsdt,\"?\",\"note\"\n"               \
                   ".balign 4\n"                                               \
                   ".4byte 992f-991f,994f-993f,3\n"                            \
                   "991: .asciz \"stapsdt\"\n"                                 \
                   "992: .balign 4\n"                                          \
                   "993: .8byte 990b\n"                                        \
                   ".8byte _.stapsdt.base\n"                                   \
                   ".8byte 0\n"                                                \
                   ".asciz \"" #provider "\"\n"                                \
                   ".asciz \"" #name "\"\n"                                    \
                   ".asciz \"" format "\"\n"                                   \
                   "994: .balign 4\n"                                          \
                   ".popsection\n"                                             \
                   ".ifndef _.stapsdt.base\n"                                  \
                   ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
                   ".weak _.stapsdt.base\n"                                    \
                   ".hidden _.stapsdt.base\n"                                  \
                   "_.stapsdt.base: .space 1\n"                                \
                   ".size _.stapsdt.base, 1\n"                                 \
                   ".popsection\n"                                             \
                   ".endif\n"                                                  \
                   :                                                           \
                   : __VA_ARGS__)

#define ARG(x) "nor"((int64_t)(x))

/* Not terminated, as a JVM's symbols are. */
static const char symbols[] = "java/lang/StringlengthXcharAt()I";

__attribute__((noinline)) static void call(int64_t thread, int64_t method, int64_t length) {
  USDT(hotspot, method__entry, "8@%0 8@%1 8@%2 8@%3 8@%4 8@%5 8@%6", ARG(thread), ARG(symbols), ARG(16), ARG(method),
       ARG(length), ARG(symbols + 29), ARG(3));
}

__attribute__((noinline)) static void collect(int full) {
  USDT(hotspot, gc__begin, "-1@%0", "q"((int8_t)full));
  USDT(hotspot, gc__end, "");
}

__attribute__((noinline)) static void query(const char *text) {
  USDT(mysql, query__start, "8@%0 8@%1 8@%2", ARG(text), ARG(7), ARG("shop"));
  USDT(mysql, query__done, "-4@%0", "nor"((int32_t)-3));
}

__attribute__((noinline)) static void request(const char *method, const char *path, int port) {
  USDT(node, http__server__request, "8@%0 8@%1 -2@%2", ARG(method), ARG(path), "r"((int16_t)port));
}

/* Text that nothing has read may not be in memory, where no probe can read it either. */
static void touch(const char *text) {
  for (; *text; text++) __asm__ volatile("" : : "r"(*(const volatile char *)text));
}

int main(int argc, char **argv) {
  const char *texts[] = {symbols, "select 1", "commit", "GET", "POST", "/", "/order"};
  for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++) touch(texts[i]);
  int rounds = argc > 1 ? atoi(argv[1]) : 10;
  for (int i = 0; i < rounds; i++) {
    call(3, (int64_t)(symbols + 16), 6);
    if (i % 2 == 0) call(3, (int64_t)(symbols + 23), 6);
    if (i % 5 == 0) collect(i != 0);
    query(i % 3 == 0 ? "select 1" : "commit");
    request(i % 4 == 0 ? "POST" : "GET", i % 4 == 0 ? "/order" : "/", 8080);
  }
  return 0;
}
