// The extension on a VM of this resource group, and the rule that lets clients in.
@description('A VM of the resource group.')
param vmName string

param location string = resourceGroup().location

@description('The network security group of the VM\'s subnet or network interface.')
param nsgName string

@description('Who may reach the port: an address or a CIDR range.')
param allowedSource string

param publisher string = 'Example.Extensions'

@minValue(1)
@maxValue(65535)
param dockerPort int = 4243

@secure()
@description('The CA certificate, PEM or base64 of PEM.')
param ca string

@secure()
@description('The server\'s certificate, PEM or base64 of PEM.')
param cert string

@secure()
@description('The server\'s private key, PEM or base64 of PEM.')
param key string

resource nsg 'Microsoft.Network/networkSecurityGroups@2024-05-01' existing = {
  name: nsgName
}

resource rule 'Microsoft.Network/networkSecurityGroups/securityRules@2024-05-01' = {
  parent: nsg
  name: 'docker'
  properties: {
    priority: 1000
    direction: 'Inbound'
    access: 'Allow'
    protocol: 'Tcp'
    sourceAddressPrefix: allowedSource
    sourcePortRange: '*'
    destinationAddressPrefix: '*'
    destinationPortRange: string(dockerPort)
  }
}

resource vm 'Microsoft.Compute/virtualMachines@2024-07-01' existing = {
  name: vmName
}

resource extension 'Microsoft.Compute/virtualMachines/extensions@2024-07-01' = {
  parent: vm
  name: 'DockerExtension'
  location: location
  properties: {
    publisher: publisher
    type: 'DockerExtension'
    typeHandlerVersion: '1.0'
    autoUpgradeMinorVersion: true
    settings: {
      docker: {
        port: dockerPort
        options: [
          '--log-level=warn'
        ]
      }
    }
    protectedSettings: {
      certs: {
        ca: ca
        cert: cert
        key: key
      }
    }
  }
}
