#include "workers/worker.h"

int main(int argc, char** argv) {
    return itn::workers::run_worker(itn::Family::inventory, argc, argv);
}
