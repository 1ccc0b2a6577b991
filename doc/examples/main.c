/* The command diffdyn as one process. SPDX-License-Identifier: MIT */
#include "commands.h"

int main(int argc, char **argv)
{
    return diffdyn_main(argc, argv);
}
