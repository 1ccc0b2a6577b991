/* The command diffdyn: one experiment a subcommand, each in a file of its own; besides, what shells
 * and manuals ask for: --version, --completion, --man. SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "commands.h"
#include "driver.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct command {
    const char *name;
    int share;
    const char *what, *example;
    int (*run)(int argc, char **argv);
} command;
#define COMMAND_ROW(file, name, share, what, example) {name, share, what, example, file##_main},
static const command commands[] = {COMMANDS(COMMAND_ROW)};

static const char summary[] = "How a diffusion model that has learned its data perfectly behaves "
                              "in time: experiments on your "
                              "data.";

static const command *find(const char *name)
{
    for (int i = 0; i < DRV_COUNT(commands); i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    drv_die("there is no command '%s' (see --help)", name);
}

/* --help and --version are answered whatever else is there. */
static int is_question(int argc, char **argv)
{
    int found = 0;
    for (int i = 1; i < argc; i++) {
        found |= strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0 ||
                 strcmp(argv[i], "--version") == 0;
    }
    return found;
}

static int run(const command *c, int argc, char **argv)
{
    char program[64];
    snprintf(program, sizeof program, "%s %s", drv.program, c->name);
    if (drv_ranks() > 0 && c->share == ALONE && !is_question(argc, argv)) {
        drv_die("%s has nothing that ranks could share: run diffdyn %s", c->name, c->name);
    }
    argv[0] = program;
    drv.shares = c->share;
    drv.split = (c->share & DATA) ? DRV_SPLIT_DATA : DRV_SPLIT_SAMPLES;
    drv.example = c->example;
    drv.is_planned = 1;
    return c->run(argc, argv);
}

static int help(void)
{
    printf("usage: diffdyn COMMAND [options]\n       diffdyn COMMAND --help\n\n%s\n\n", summary);
    for (int i = 0; i < DRV_COUNT(commands); i++) {
        printf("  %-26s %s\n", commands[i].name, commands[i].what);
    }
    printf("\n  %-26s %s\n  %-26s %s\n  %-26s %s\n  %-26s %s\n", "--help, -h", "this text",
           "--version", "of the library, and what it is made of", "--completion",
           "a script of completions for bash", "--man", "this manual as a page for man");
    return drv_finish();
}

/* Options and words come from --help, so the script never falls behind. */
static int completion(void)
{
    fputs("_diffdyn() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]} help\n"
          "    if ((COMP_CWORD == 1)); then\n"
          "        COMPREPLY=($(compgen -W '--help --version --completion --man",
          stdout);
    for (int i = 0; i < DRV_COUNT(commands); i++) {
        printf(" %s", commands[i].name);
    }
    fputs("' -- \"$word\"))\n"
          "        return\n"
          "    fi\n"
          "    help=$(\"${COMP_WORDS[0]}\" \"${COMP_WORDS[1]}\" --help 2> /dev/null)\n"
          "    local words=\n"
          "    [[ $word == = ]] && word= last='=' && ((++COMP_CWORD))\n" /* --plot= is two words */
          "    [[ $last == = ]] && last=${COMP_WORDS[COMP_CWORD-2]}\n"
          "    if [[ $last =~ ^--[a-z0-9-]+$ ]]; then\n"
          "        words=$(sed -n \"s/^  $last \\([^ ]*|[^ ]*\\).*/\\1/p\" <<< \"$help\" | tr '|' "
          "' ')\n"
          "        local list=$(sed -n \"s/^  $last \\([a-z0-9]*,[a-z0-9,]*\\)\\( "
          ".*\\)*\\$/\\1/p\" <<< "
          "\"$help\" | tr ',' ' ')\n" /* words that may follow one another, each behind a comma */
          "        [[ -z $list ]] || words=$(printf \"${word%\"${word##*,}\"}%s \" $list)\n"
          "    fi\n"
          "    if [[ -n $words ]]; then\n"
          "        COMPREPLY=($(compgen -W \"${words//[A-Z]/}\" -- \"$word\"))\n"
          "        [[ ${COMPREPLY[0]} != *: ]] || compopt -o nospace 2> /dev/null\n"
          "    elif [[ $word == -* ]]; then\n"
          "        COMPREPLY=($(compgen -W \"$(sed -n 's/^  \\(--[a-z0-9-]*\\).*/\\1/p' <<< "
          "\"$help\")\" -- \"$word\"))\n"
          "    else\n"
          "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
          "    fi\n"
          "}\n"
          "complete -o filenames -F _diffdyn diffdyn diffdyn-mpi\n",
          stdout);
    return drv_finish();
}

/* Text for troff, as it is. */
static void print_verbatim(FILE *from)
{
    int start = 1;
    for (int c; (c = getc(from)) != EOF; start = c == '\n') {
        if (start && (c == '.' || c == '\'')) {
            fputs("\\&", stdout);
        }
        fputs(c == '\\' ? "\\e" : c == '-' ? "\\-" : (char[]){(char)c, 0}, stdout);
    }
}

/* The help of every command, each from a process of its own, since it ends with it. */
static int manual(const char *self)
{
    printf(
        ".TH DIFFDYN 1 \"\" \"libdiffdyn %s\"\n.SH NAME\ndiffdyn \\- dynamics of exact diffusion "
        "models\n.SH SYNOPSIS\n.B diffdyn\n.I COMMAND\n[options]\n.PP\n.B mpirun \\-n\n.I "
        "RANKS\n.B diffdyn\\-mpi\n.I COMMAND\n[options]\n.SH DESCRIPTION\n%s "
        "The ranks of diffdyn\\-mpi share the data, or with \\-\\-split samples the samples; rank "
        "0 "
        "writes and prints.\n",
        ddn_version_string(), summary);
    fflush(stdout);
    for (int i = 0; i < DRV_COUNT(commands); i++) {
        int ends[2];
        const pid_t child = pipe(ends) == 0 ? fork() : -1;
        if (child == 0) {
            dup2(ends[1], STDOUT_FILENO);
            close(ends[0]);
            close(ends[1]);
            execlp(self, self, commands[i].name, "--help", (char *)NULL);
            _exit(126);
        }
        if (child < 0) {
            drv_die("cannot start a process for the help of %s", commands[i].name);
        }
        close(ends[1]);
        FILE *from = fdopen(ends[0], "r");
        printf(".SH \"%s\"\n%s.\n.PP\n.nf\n", commands[i].name, commands[i].what);
        if (from != NULL) {
            print_verbatim(from);
            fclose(from);
        }
        printf(".fi\n");
        int status = 0;
        if (waitpid(child, &status, 0) != child || status != 0) {
            drv_die("the help of %s failed", commands[i].name);
        }
    }
    return drv_finish();
}

int diffdyn_main(int argc, char **argv)
{
    const char *self = argc > 0 ? argv[0] : "diffdyn", *first = argc > 1 ? argv[1] : "";
    drv.program = drv_ranks() > 0 ? "diffdyn-mpi" : "diffdyn";
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
        return help();
    }
    if (strcmp(first, "--version") == 0) {
        drv_version();
    }
    if (strcmp(first, "--completion") == 0) {
        return completion();
    }
    if (strcmp(first, "--man") == 0) { /* which starts this program again, for ranks in vain */
        if (drv_ranks() > 0) {
            drv_die("run diffdyn --man");
        }
        return manual(self);
    }
    if (argc < 2) {
        drv_die("which experiment? (see --help)");
    }
    return run(find(first), argc - 1, argv + 1);
}
