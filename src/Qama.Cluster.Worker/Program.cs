using System.CommandLine;
using Qama.Cluster;
using Qama.Cluster.Campaigns;
using Qama.Cluster.Hosting;
using Qama.Cluster.Training;

var member = new MemberOptions();
var http = new HttpOptions();
var assemblies = new Option<string[]>("--tasks")
{
    Description = "assemblies (.dll) with the tasks that this worker can run", AllowMultipleArgumentsPerToken = true,
};
var places = new Option<int>("--places") { Description = "tasks of campaigns at a time", DefaultValueFactory = _ => 1 };
var threads = new Option<int>("--threads") { Description = "threads of a training; 0 for all processors" };
var stop = new Option<double>("--stop-seconds")
{
    Description = "how long tasks may go on when the worker is told to stop, before others get them", DefaultValueFactory = _ => 5,
};
var command = new RootCommand("A worker of a cluster: computes what servers hand out.") { assemblies, places, threads, stop };
member.AddTo(command);
http.AddTo(command);
command.SetAction((result, _) =>
{
    string[] paths = result.GetValue(assemblies) ?? [];
    var campaigns = new CampaignTasks(paths.SelectMany(CampaignTasks.Load), result.GetValue(places));
    var trainings = new TrainingTasks(paths.SelectMany(TrainingTasks.Load), result.GetValue(threads));
    if (paths.Length > 0 && campaigns.Names.Count + trainings.Names.Count == 0)
    {
        throw new InvalidDataException(
            $"{string.Join(", ", paths)}: no public class implements {nameof(ICampaignTask)} or {nameof(ITrainingTask)} and has a "
            + "constructor without parameters.");
    }

    var time = TimeSpan.FromSeconds(result.GetValue(stop));
    return MemberProgram.RunAsync(
        member.Read(result), ClusterRoles.Worker, http.Read(result), result.InvocationConfiguration.Output, builder =>
        {
            builder.AddCampaignTasks(campaigns, time);
            builder.Services.AddTrainingTasks(trainings);
        });
});
return await MemberProgram.InvokeAsync(command, args).ConfigureAwait(false);
