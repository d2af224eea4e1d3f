#include "tools/galaxy/chart.h"

#include <array>

namespace itn::tools {

namespace {

constexpr std::array<ChartedStation, 12> stations = {{
    {"ceres", "Ceres", "planet", 413, -27, 81},
    {"europa", "Europa", "planet", 778, 340, -12},
    {"ganymede", "Ganymede", "planet", 781, 344, -9},
    {"titan", "Titan", "planet", -1210, 720, 55},
    {"mars", "Mars", "planet", 207, -92, 4},
    {"luna", "Luna", "planet", 149, 0, 1},
    {"triton", "Triton", "planet", 2980, -3110, -402},
    {"pallas-hub", "Pallas Hub", "space_station", 388, 122, 240},
    {"tycho-yard", "Tycho Yard", "space_station", 402, -210, -63},
    {"lagrange-five", "Lagrange Five", "space_station", 151, 3, 0},
    {"kuiper-gate", "Kuiper Gate", "space_station", 5120, 880, 990},
    {"hygiea-dock", "Hygiea Dock", "space_station", 466, -51, 130},
}};

constexpr std::array<ChartedProduct, 30> products = {{
    {"ice", "Water ice", "Cut from the polar caps, in blocks.", "raw", "Ceres Combine", 120, 4},
    {"iron-ore", "Iron ore", "Magnetite, 68 % iron.", "raw", "Belt Mining", 45, 6},
    {"nickel", "Nickel", "Refined ingots.", "metal", "Belt Mining", 310, 2},
    {"platinum", "Platinum", "Refined, sealed.", "metal", "Hygiea Assay", 98'000, 1},
    {"titanium", "Titanium", "Plates of two metres.", "metal", "Tycho Works", 2'400, 2},
    {"helium-3", "Helium-3", "Fuel grade, in flasks.", "fuel", "Luna Gas", 41'000, 1},
    {"deuterium", "Deuterium", "Fuel grade, in tanks.", "fuel", "Europa Deep", 5'200, 3},
    {"methane", "Liquid methane", "Propellant.", "fuel", "Titan Lakes", 210, 5},
    {"oxygen", "Liquid oxygen", "Oxidiser, also for breathing.", "fuel", "Luna Gas", 330, 4},
    {"hull-plate", "Hull plate", "Pressure rated.", "parts", "Tycho Works", 7'900, 12},
    {"ion-drive", "Ion drive", "Thrusts for ten years.", "parts", "Tycho Works", 1'250'000, 40},
    {"gyroscope", "Gyroscope", "Attitude control.", "parts", "Pallas Fine", 64'000, 3},
    {"solar-sail", "Solar sail", "Folded, 400 m².", "parts", "Luna Loom", 210'000, 9},
    {"airlock", "Airlock", "Two doors, one promise.", "parts", "Tycho Works", 88'000, 25},
    {"battery-cell", "Battery cell", "Solid state, 40 kWh.", "parts", "Mars Volt", 9'100, 2},
    {"fusion-core", "Fusion core", "Handle with care.", "parts", "Europa Deep", 4'400'000, 60},
    {"wheat", "Wheat", "From the domes of Mars.", "food", "Red Fields", 260, 5},
    {"rice", "Rice", "Short grain.", "food", "Ganymede Terraces", 290, 5},
    {"algae", "Algae protein", "Tastes of nothing.", "food", "Europa Deep", 140, 3},
    {"coffee", "Coffee", "Grown under real sunlight.", "food", "Luna Dome Nine", 12'500, 1},
    {"spices", "Spices", "Thirty kinds in a case.", "food", "Kuiper Traders", 31'000, 1},
    {"medicine", "Medicine", "First-aid stock for a crew of ten.", "medical", "Pallas Care", 45'500,
     2},
    {"bandage", "Bandages", "Sterile.", "medical", "Pallas Care", 800, 1},
    {"stem-culture", "Stem cell culture", "Keep cold.", "medical", "Hygiea Assay", 520'000, 1},
    {"microchip", "Microchips", "Radiation hard, a thousand a tray.", "electronics", "Pallas Fine",
     77'000, 1},
    {"antenna", "Antenna", "Deep space, 3 m.", "electronics", "Luna Loom", 38'000, 8},
    {"sensor-array", "Sensor array", "Sees a pebble at a light second.", "electronics",
     "Pallas Fine", 165'000, 4},
    {"suit", "Vacuum suit", "One size fits most.", "equipment", "Luna Loom", 54'000, 3},
    {"drill", "Mining drill", "For rock and ice.", "equipment", "Belt Mining", 130'000, 18},
    {"book", "Paper books", "From Earth, assorted.", "culture", "Old Earth Press", 6'600, 2},
}};

}  // namespace

std::span<const ChartedStation> charted_stations() {
    return stations;
}
std::span<const ChartedProduct> charted_products() {
    return products;
}

}  // namespace itn::tools
