using System.CommandLine;
using Microsoft.Extensions.Hosting;
using Qama.Cluster;
using Qama.Cluster.Hosting;

var member = new MemberOptions();
var command = new RootCommand("A server of a cluster: owns machine accounts, coordinates trainings and campaigns.");
member.AddTo(command);
command.SetAction(async (result, cancellation) =>
{
    HostApplicationBuilder builder = Host.CreateApplicationBuilder();
    builder.AddQamaSilo(member.Read(result), ClusterRoles.Server);
    using IHost host = builder.Build();
    await host.StartAsync(cancellation).ConfigureAwait(false);
    Console.WriteLine("ready");
    await host.WaitForShutdownAsync(cancellation).ConfigureAwait(false);
    return 0;
});
return await command.Parse(args).InvokeAsync().ConfigureAwait(false);
