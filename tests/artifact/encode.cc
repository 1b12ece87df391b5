// Encodes documents with TensorFlow's C++ loader, the one that TF Serving uses.
//
//   encode SAVED_MODEL < documents > vectors
//
// Documents come as a 64-bit length and that many bytes each; vectors leave as the
// number of rows, the number of columns (64-bit each) and float32 values, row by row.

#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "tensorflow/cc/saved_model/loader.h"
#include "tensorflow/core/framework/tensor.h"
#include "tensorflow/core/public/session.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: encode SAVED_MODEL < documents > vectors\n";
    return 2;
  }
  tensorflow::SavedModelBundleLite bundle;
  auto status = tensorflow::LoadSavedModel(
      tensorflow::SessionOptions(), tensorflow::RunOptions(), argv[1],
      {"serve"}, &bundle);
  if (!status.ok()) {
    std::cerr << status << "\n";
    return 1;
  }
  std::vector<std::string> documents;
  int64_t length = 0;
  while (std::cin.read(reinterpret_cast<char*>(&length), sizeof(length))) {
    documents.emplace_back(length, '\0');
    std::cin.read(documents.back().data(), length);
  }
  const auto& signature = bundle.GetSignatures().at("encode");
  tensorflow::Tensor text(
      tensorflow::DT_STRING,
      tensorflow::TensorShape({static_cast<int64_t>(documents.size())}));
  for (size_t i = 0; i < documents.size(); ++i) {
    text.vec<tensorflow::tstring>()(i) = documents[i];
  }
  std::vector<tensorflow::Tensor> outputs;
  status = bundle.GetSession()->Run(
      {{signature.inputs().at("text").name(), text}},
      {signature.outputs().at("embedding").name()}, {}, &outputs);
  if (!status.ok()) {
    std::cerr << status << "\n";
    return 1;
  }
  const int64_t rows = outputs[0].dim_size(0), columns = outputs[0].dim_size(1);
  std::cout.write(reinterpret_cast<const char*>(&rows), sizeof(rows));
  std::cout.write(reinterpret_cast<const char*>(&columns), sizeof(columns));
  const auto data = outputs[0].tensor_data();
  std::cout.write(data.data(), data.size());
  return 0;
}
