using System.CommandLine;
using Qama.Cluster;
using Qama.Cluster.Campaigns;
using Qama.Cluster.Hosting;

var member = new MemberOptions();
var http = new HttpOptions();
var assemblies = new Option<string[]>("--tasks")
{
    Description = "assemblies (.dll) with the tasks that this worker can run", AllowMultipleArgumentsPerToken = true,
};
var places = new Option<int>("--places") { Description = "tasks of campaigns at a time", DefaultValueFactory = _ => 1 };
var stop = new Option<double>("--stop-seconds")
{
    Description = "how long tasks may go on when the worker is told to stop, before others get them", DefaultValueFactory = _ => 5,
};
var command = new RootCommand("A worker of a cluster: computes what servers hand out.") { assemblies, places, stop };
member.AddTo(command);
http.AddTo(command);
command.SetAction((result, _) =>
{
    ICampaignTask[] found = [.. (result.GetValue(assemblies) ?? []).SelectMany(CampaignTasks.Load)];
    var tasks = new CampaignTasks(found, result.GetValue(places));
    var time = TimeSpan.FromSeconds(result.GetValue(stop));
    return MemberProgram.RunAsync(
        member.Read(result), ClusterRoles.Worker, http.Read(result), result.InvocationConfiguration.Output,
        builder => builder.AddCampaignTasks(tasks, time));
});
return await MemberProgram.InvokeAsync(command, args).ConfigureAwait(false);
