/* The program that the uprobe and USDT cases trace: known calls with known arguments, a known number of times. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A USDT probe without <sys/sdt.h>: a nop, and the ELF note that names it, its arguments and its semaphore. */
#define USDT2(provider, name, a, b)                                            \
  __asm__ volatile("990: nop\n"                                                \
                   ".pushsection .note.stapsdt,\"?\",\"note\"\n"               \
                   ".balign 4\n"                                               \
                   ".4byte 992f-991f,994f-993f,3\n"                            \
                   "991: .asciz \"stapsdt\"\n"                                 \
                   "992: .balign 4\n"                                          \
                   "993: .8byte 990b\n"                                        \
                   ".8byte _.stapsdt.base\n"                                   \
                   ".8byte " #provider "_" #name "_semaphore\n"                \
                   ".asciz \"" #provider "\"\n"                                \
                   ".asciz \"" #name "\"\n"                                    \
                   ".asciz \"-4@%0 8@%1\"\n"                                   \
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
                   : "nor"((int32_t)(a)), "nor"((uint64_t)(b)))

volatile unsigned short demo_tick_semaphore __attribute__((section(".probes")));

struct point {
  int x;
  char label[8];
  uint64_t big;
};

__attribute__((noinline)) int add(int a, int b) {
  __asm__ volatile("");
  return a + b;
}

__attribute__((noinline)) uint64_t inspect(struct point *p, const char *name) {
  __asm__ volatile("" : : "r"(p), "r"(name) : "memory");
  return p->big + strlen(name);
}

/* Its local makes the compiler set up a frame: 4 bytes for push and mov. */
__attribute__((noinline)) int leaf(int n) {
  volatile int local = n;
  return local + 1;
}

__attribute__((noinline)) int middle(int n) { return leaf(n) * 2; }

__attribute__((noinline)) int outer(int n) { return middle(n) + 3; }

/* Not zero: the kernel clears what is while it starts the program, and a watchpoint sees that. */
static volatile uint64_t watched = 1;

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 10;
  volatile int sum = 0;
  struct point p = {.x = 7, .label = "seven", .big = 1ull << 40};
  for (int i = 0; i < rounds; i++) {
    sum += add(i, 100);
    sum += (int)inspect(&p, "inspected");
    sum += outer(i);
    watched = (uint64_t)i;
    if (demo_tick_semaphore) USDT2(demo, tick, i, 1ull << 33);
  }
  if (argc > 2)
    printf("%p\n", (void *)&watched);
  else
    printf("%d rounds\n", rounds);
  return 0;
}
