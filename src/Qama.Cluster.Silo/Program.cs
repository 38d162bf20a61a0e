using System.CommandLine;
using Qama.Cluster;
using Qama.Cluster.Hosting;
using Qama.Cluster.Silo;

var member = new MemberOptions();
var http = new HttpOptions();
var command = new RootCommand("A server of a cluster: owns machine accounts, coordinates trainings and campaigns.");
var machines = new Option<string?>("--machines") { Description = "JSON file with the machine accounts that this server may own" };
command.Options.Add(machines);
member.AddTo(command);
http.AddTo(command);
command.Subcommands.Add(CampaignCommands.Create());
command.SetAction((result, _) => MemberProgram.RunAsync(
    member.Read(result), ClusterRoles.Server, http.Read(result), result.InvocationConfiguration.Output, builder =>
    {
        if (result.GetValue(machines) is { } file)
        {
            MachineFile.AddTo(builder.Services, file);
        }
    }));
return await MemberProgram.InvokeAsync(command, args).ConfigureAwait(false);
