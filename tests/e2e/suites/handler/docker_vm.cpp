// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/handler/docker_vm.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "handler/base/text.hpp"

namespace dockerext {

void DockerVm::SetUp() {
  if (!Vm::Missing().empty()) GTEST_SKIP() << Vm::Missing();
  auto booted = Vm::Boot(image_);
  ASSERT_TRUE(booted.ok()) << booted.error().Message();
  vm_.emplace(*std::move(booted));
}

void DockerVm::TearDown() {
  if (!HasFailure() || !vm_) return;
  std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  for (char& letter : name) letter = letter == '/' ? '-' : letter;
  vm_->KeepEvidence(name);
}

void DockerVm::Write(const std::string& path, const std::string& text, FileMode mode) {
  vm().Run({"/bin/mkdir", "-p", ParentOf(path)});
  const auto written = vm().guest().WriteFile(path, text, mode);
  ASSERT_TRUE(written.ok()) << written.error().Message();
}

void DockerVm::AddDropIn(const std::string& name, const std::string& lines) {
  const std::string path = "/etc/systemd/system/docker.service.d/" + name;
  Write(path, "[Service]\n" + lines + "\n");
  vm().Run({"/usr/bin/touch", "--date=1 hour ago", path});
  vm().Run({"/usr/bin/systemctl", "daemon-reload"});
}

void DockerVm::OverrideExecStart(const std::string& line) {
  AddDropIn("override.conf", "ExecStart=\nExecStart=" + line);
}

std::string DockerVm::Settings(std::uint16_t port, const std::string& options) {
  const nlohmann::json settings = {
      {"docker", {{"port", port}, {"options", nlohmann::json::parse(options, nullptr, false)}}}};
  return vm().Put("public-" + std::to_string(port) + ".json", settings.dump());
}

void DockerVm::Serve() {
  ASSERT_EQ(vm().Harness({"run"}).exit_code, kSuccess);
  ExpectServing();
}

std::future<int> DockerVm::InBackground(const Vm::Args& harness) {
  return std::async(std::launch::async, [this, harness] { return vm().Harness(harness).exit_code; });
}

void DockerVm::ExpectNoOutage(const Container& container, const std::function<void()>& act) {
  auto probe = AvailabilityProbe::FromInside(vm().guest(), container.on_the_bridge());
  ASSERT_TRUE(probe.ok()) << probe.error().Message();
  act();
  const auto seen = probe->Stop();
  ASSERT_TRUE(seen.ok()) << seen.error().Message();
  std::cout << "availability: " << Describe(*seen) << std::endl;
  EXPECT_GT(seen->sent, 0U);
  EXPECT_EQ(seen->lost, 0U);
}

std::string DockerVm::Engine(const std::string& property) {
  return vm().Run({"/usr/bin/systemctl", "show", "--value", "-p", property, "docker.service"});
}

void DockerVm::AwaitEngine(const std::string& active_state) {
  Await("[ $(systemctl show --value -p ActiveState docker.service) = " + active_state + " ]",
        SoakNumber("DX_SLOW_START", 12) + 60);
}

std::string DockerVm::LastStatus() {
  return vm().Shell("cat $(ls -t /var/lib/waagent/Example.*/status/*.status | head -n 1)");
}

std::string DockerVm::StatusLevel() {
  const auto document = nlohmann::json::parse(LastStatus(), nullptr, false);
  if (!document.is_array() || document.empty()) return "no status";
  return document[0]["status"]["status"].get<std::string>();
}

}  // namespace dockerext
