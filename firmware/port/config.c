// SPDX-License-Identifier: MIT

#include "port/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "port/conf.h"

static void complain_unreadable(const char *path, int error, struct diag_list *diags) {
    diag_add(diags, DIAG_ERROR, &(struct diag_place){.file = path},
             "the defaults are used as long as it is so", "cannot be read: %s",
             strerrordesc_np(-error));
}

int config_load(const char *path, bool is_given, struct diag_list *diags, struct config *ret) {
    *ret = (struct config){.board = "pi"};
    cfg_opt_t options[] = {
        CFG_STR("board", "pi", CFGF_NONE),
        CFG_END(),
    };
    struct conf conf = CONF_NULL;
    int r = conf_read(path, options, diags, &conf);
    if (r == -ENOENT && !is_given)
        return 0;
    if (r == -EINVAL || r == -ENOMEM)
        return r;
    if (r < 0) {
        complain_unreadable(path, r, diags);
        return -EINVAL;
    }
    const char *board = cfg_getstr(conf.cfg, "board");
    if (board[0] == '\0' || strlen(board) >= sizeof ret->board) {
        conf_complain(&conf, conf.cfg, "board", "write board = \"pi\" or another board's name",
                      "the name of a board was expected");
        r = -EINVAL;
    } else {
        (void)snprintf(ret->board, sizeof ret->board, "%s", board);
    }
    conf_done(&conf);
    return r;
}
