/* AVX-512 F, BW, DQ, VL with VNNI: the AVX-512 kernels and integer screens. Rows of
 * a tile as there. */
#define VECTOR_BYTES 64
#define ROWS_PER_TILE 12
#define KERNEL_NAME "avx512vnni"
#define KERNEL_NEEDS "AVX-512 F, BW, DQ, VL, VNNI"
#define KERNEL_TABLE ddni_kernels_avx512vnni
#define KERNEL_INTEGER "kernels/kern_vnni.h"
#define KERNEL_INTEGER_ONE "kernels/kern_vnni_one.h"
#include "kernels/kern_body.h"
