#pragma once

// /api/products: the catalogue's products, versioned (see catalogue_resource.h).

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

void list_products(const Room& room, CallPtr call);
void show_product(const Room& room, CallPtr call);
void create_product(const Room& room, CallPtr call);
void replace_product(const Room& room, CallPtr call);
void patch_product(const Room& room, CallPtr call);
void delete_product(const Room& room, CallPtr call);

}  // namespace itn::api
