using System.CommandLine;
using Microsoft.Extensions.Hosting;
using Qama.Cluster;
using Qama.Cluster.Hosting;
using Qama.Cluster.Training;

var member = new MemberOptions();
var command = new RootCommand("A worker of a cluster: computes what servers hand out.");
member.AddTo(command);
var tasks = new Option<string[]>("--tasks")
{
    Description = "assemblies with training tasks", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true,
};
var threads = new Option<int>("--threads") { Description = "threads of a training; 0 for all processors" };
command.Options.Add(tasks);
command.Options.Add(threads);
command.SetAction(async (result, cancellation) =>
{
    HostApplicationBuilder builder = Host.CreateApplicationBuilder();
    builder.AddQamaSilo(member.Read(result), ClusterRoles.Worker);
    builder.Services.AddTrainingTasks(
        new TrainingTasks(result.GetValue(tasks)!.SelectMany(TrainingTasks.Load), result.GetValue(threads)));
    using IHost host = builder.Build();
    await host.StartAsync(cancellation).ConfigureAwait(false);
    Console.WriteLine("ready");
    await host.WaitForShutdownAsync(cancellation).ConfigureAwait(false);
    return 0;
});
return await command.Parse(args).InvokeAsync().ConfigureAwait(false);
