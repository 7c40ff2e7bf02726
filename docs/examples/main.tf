# The extension on a VM, and the rule that lets clients in.
terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

provider "azurerm" {
  features {}
}

variable "virtual_machine_id" {
  type        = string
  description = "The resource ID of the VM."
}

variable "resource_group_name" {
  type = string
}

variable "network_security_group_name" {
  type        = string
  description = "The network security group of the VM's subnet or network interface."
}

variable "allowed_source" {
  type        = string
  description = "Who may reach the port: an address or a CIDR range."
}

variable "publisher" {
  type    = string
  default = "Example.Extensions"
}

variable "docker_port" {
  type    = number
  default = 4243
}

variable "ca" {
  type        = string
  sensitive   = true
  description = "The CA certificate, PEM or base64 of PEM."
}

variable "cert" {
  type        = string
  sensitive   = true
  description = "The server's certificate, PEM or base64 of PEM."
}

variable "key" {
  type        = string
  sensitive   = true
  description = "The server's private key, PEM or base64 of PEM."
}

resource "azurerm_network_security_rule" "docker" {
  name                        = "docker"
  priority                    = 1000
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_address_prefix       = var.allowed_source
  source_port_range           = "*"
  destination_address_prefix  = "*"
  destination_port_range      = tostring(var.docker_port)
  resource_group_name         = var.resource_group_name
  network_security_group_name = var.network_security_group_name
}

resource "azurerm_virtual_machine_extension" "docker" {
  name                       = "DockerExtension"
  virtual_machine_id         = var.virtual_machine_id
  publisher                  = var.publisher
  type                       = "DockerExtension"
  type_handler_version       = "1.0"
  auto_upgrade_minor_version = true

  settings = jsonencode({
    docker = {
      port    = var.docker_port
      options = ["--log-level=warn"]
    }
  })

  protected_settings = jsonencode({
    certs = {
      ca   = var.ca
      cert = var.cert
      key  = var.key
    }
  })
}
