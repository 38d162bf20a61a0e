using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Qama.Cluster.Campaigns;
using Qama.Cluster.Hosting;

namespace Qama.Cluster.Silo;

/// <summary>Campaigns by hand: <c>campaign submit FILE</c>, <c>status</c>, <c>wait</c>, <c>cancel</c>, <c>results</c> and
/// <c>list</c>, as a client of the cluster.</summary>
internal static class CampaignCommands
{
    private static readonly Argument<string> _campaign = new("name") { Description = "the campaign" };

    /// <summary>The command with its verbs.</summary>
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "the campaign's file, YAML or JSON" };
        var folder = new Argument<DirectoryInfo>("folder") { Description = "where to write one JSON file per task" };
        var command = new Command("campaign", "Submits campaigns and asks for them.");
        command.Subcommands.Add(Verb("submit", "begins a campaign, or goes on with it", [file], async (client, result, stop) =>
        {
            CampaignFile campaign = CampaignFile.Load(result.GetValue(file)!.ToString());
            await client.SubmitAsync(campaign, stop).ConfigureAwait(false);
            Print(result, await client.StatusAsync(campaign.Name, stop).ConfigureAwait(false));
            return 0;
        }));
        command.Subcommands.Add(Verb("status", "how a campaign is", [_campaign], async (client, result, stop) =>
        {
            Print(result, await client.StatusAsync(result.GetValue(_campaign)!, stop).ConfigureAwait(false));
            return 0;
        }));
        command.Subcommands.Add(Verb("wait", "waits until a campaign has ended; exit code 1 if it has failed tasks or was cancelled", [_campaign],
            async (client, result, stop) =>
            {
                CampaignStatus status = await client.WaitAsync(result.GetValue(_campaign)!, null, stop).ConfigureAwait(false);
                Print(result, status);
                return status.State == CampaignState.Done ? 0 : 1;
            }));
        command.Subcommands.Add(Verb("cancel", "ends a campaign; results stay", [_campaign], async (client, result, stop) =>
        {
            await client.CancelAsync(result.GetValue(_campaign)!, stop).ConfigureAwait(false);
            return 0;
        }));
        command.Subcommands.Add(Verb("results", "writes the results that there are", [_campaign, folder], async (client, result, stop) =>
        {
            int count = await client.ExportAsync(result.GetValue(_campaign)!, result.GetValue(folder)!.ToString(), stop).ConfigureAwait(false);
            Line(result, $"{count} results in {result.GetValue(folder)}");
            return 0;
        }));
        command.Subcommands.Add(Verb("list", "names of the campaigns that have not ended", [], async (client, result, stop) =>
        {
            foreach (string name in await client.UnfinishedAsync(stop).ConfigureAwait(false))
            {
                Line(result, $"{name}");
            }

            return 0;
        }));
        return command;
    }

    private static Command Verb(
        string name, string description, Argument[] arguments, Func<CampaignClient, ParseResult, CancellationToken, Task<int>> run)
    {
        var member = new MemberOptions();
        var command = new Command(name, description);
        foreach (Argument argument in arguments)
        {
            command.Arguments.Add(argument);
        }

        member.AddClientTo(command);
        command.SetAction(async (result, stop) =>
        {
            HostApplicationBuilder builder = Host.CreateApplicationBuilder();
            builder.Logging.ClearProviders();
            builder.AddQamaClient(member.ReadClient(result));
            using IHost host = builder.Build();
            await host.StartAsync(stop).ConfigureAwait(false);
            using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(
                stop, host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
            int code = await run(new CampaignClient(host.Services.GetRequiredService<IClusterClient>()), result, ended.Token)
                .ConfigureAwait(false);
            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
            return code;
        });
        return command;
    }

    private static void Print(ParseResult result, CampaignStatus status)
    {
        Line(result, $"{status.Name}: {status.State}, {status.Total} tasks: {status.Done} done, {status.RunningCount} running, {status.Waiting} waiting, {status.Failed} failed");
        if (status.TimeLeft is { } left && status.State == CampaignState.Running)
        {
            Line(result, $"about {left:d\\.hh\\:mm\\:ss} left");
        }

        foreach (CampaignWorkerStatus worker in status.Workers)
        {
            Line(result, $"worker {worker.Worker}: {worker.Running} of {worker.Places} places{(worker.Problem is null ? "" : $"; {worker.Problem}")}");
        }

        foreach (RunningTask task in status.Running)
        {
            Line(result, $"running {task.Key} on {task.Worker}: {task.Progress:0%}, {task.Time:d\\.hh\\:mm\\:ss}");
        }

        foreach (TaskTrouble trouble in status.Troubles)
        {
            Line(result, $"{(trouble.IsFinal ? "failed" : "trouble")} {trouble.Key}: {trouble.Failures} failures, {trouble.Losses} losses; {FirstLine(trouble.Reasons)}");
        }
    }

    private static string FirstLine(IReadOnlyList<string> reasons) => reasons.Count == 0 ? "" : reasons[^1].Split('\n')[0];

    private static void Line(ParseResult result, FormattableString text) =>
        result.InvocationConfiguration.Output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
