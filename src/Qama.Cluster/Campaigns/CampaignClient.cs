using System.Text;
using Qama.Cluster.Members;
using Qama.Files;

namespace Qama.Cluster.Campaigns;

/// <summary>A result of a campaign.</summary>
/// <param name="Key">The task's key, by content.</param>
/// <param name="Json">The result, as the task returned it.</param>
public sealed record CampaignResult(string Key, string Json);

/// <summary>Submits campaigns to a cluster and asks for them. The cluster runs them whether a client is connected or not.</summary>
/// <param name="cluster">A connected client, or a silo's.</param>
public sealed class CampaignClient(IClusterClient cluster)
{
    private const int ReadsAtOnce = 8;

    // Results that are the same again are not written again.
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly IClusterClient _cluster = cluster ?? throw new ArgumentNullException(nameof(cluster));

    /// <summary>Begins a campaign, or goes on with it: tasks that have a result are not run again, those that have failed are tried
    /// again, and tasks that the file has more than before are added. From now on the campaign's tasks are this file's: others end, and
    /// their results are kept for a file that has them again.</summary>
    /// <param name="file">The campaign.</param>
    /// <param name="cancellationToken">Stops waiting; the campaign may have begun.</param>
    public Task SubmitAsync(CampaignFile file, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ICampaign campaign = Campaign(file.Name);
        return PatientCalls.RepeatAsync(() => campaign.SubmitAsync(file.Text), cancellationToken);
    }

    /// <summary>How a campaign is.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentException">There is no such campaign.</exception>
    public async Task<CampaignStatus> StatusAsync(string name, CancellationToken cancellationToken = default)
    {
        ICampaign campaign = Campaign(name);
        return await PatientCalls.RepeatAsync(campaign.StatusAsync, cancellationToken).ConfigureAwait(false) ?? throw None(name);
    }

    /// <summary>Waits until a campaign has ended: every task has a result or has failed, or it was cancelled.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="progress">Told every second or so; may be null.</param>
    /// <param name="cancellationToken">Stops waiting, not the campaign.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="ArgumentException">There is no such campaign.</exception>
    public async Task<CampaignStatus> WaitAsync(
        string name, IProgress<CampaignStatus>? progress = null, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            CampaignStatus status = await StatusAsync(name, cancellationToken).ConfigureAwait(false);
            progress?.Report(status);
            if (status.State != CampaignState.Running)
            {
                return status;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stops what runs and begins nothing more; results stay, and submitting again goes on.</summary>
    /// <param name="name">The campaign's name.</param>
    /// <param name="cancellationToken">Stops waiting; the campaign may have been cancelled.</param>
    /// <exception cref="ArgumentException">There is no such campaign.</exception>
    public async Task CancelAsync(string name, CancellationToken cancellationToken = default)
    {
        ICampaign campaign = Campaign(name);
        if (!await PatientCalls.RepeatAsync(campaign.CancelAsync, cancellationToken).ConfigureAwait(false))
        {
            throw None(name);
        }
    }

    /// <summary>Names of the campaigns that have not ended, in order. One that has just ended may still be among them.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken cancellationToken = default) => await PatientCalls.RepeatAsync(
        _cluster.GetGrain<IUnfinished>(CampaignGrain.Kind).AllAsync, cancellationToken).ConfigureAwait(false);

    /// <summary>The results that there are, in the order of the campaign's tasks.</summary>
    /// <param name="name">The campaign's name.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ArgumentException">There is no such campaign.</exception>
    public async IAsyncEnumerable<CampaignResult> ResultsAsync(
        string name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ICampaign campaign = Campaign(name);
        string[] keys = await PatientCalls.RepeatAsync(campaign.DoneAsync, cancellationToken).ConfigureAwait(false) ?? throw None(name);
        foreach (string[] some in keys.Chunk(ReadsAtOnce))
        {
            string?[] results = await Task.WhenAll(some.Select(
                key => PatientCalls.RepeatAsync(() => campaign.ResultAsync(key), cancellationToken))).ConfigureAwait(false);
            foreach ((string key, string? json) in some.Zip(results))
            {
                yield return new CampaignResult(key, json ?? throw new InvalidDataException($"The result of '{key}' is not in the store."));
            }
        }
    }

    /// <summary>Writes the results that there are, one file KEY.json per task, each whole or not at all. Other files of the folder
    /// stay.</summary>
    /// <param name="name">The campaign's name.</param>
    /// <param name="folder">The folder; made if there is none.</param>
    /// <param name="cancellationToken">Stops; what was written stays.</param>
    /// <returns>The number of results.</returns>
    /// <exception cref="ArgumentException">There is no such campaign.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public async Task<int> ExportAsync(string name, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFiles.CreateFolder(folder);
        int count = 0;
        await foreach (CampaignResult result in ResultsAsync(name, cancellationToken).ConfigureAwait(false))
        {
            count++;
            string path = Path.Combine(folder, result.Key + ".json");
            byte[] content = _utf8.GetBytes(result.Json.EndsWith('\n') ? result.Json : result.Json + "\n");
            if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
            {
                AtomicFiles.Write(path, stream => stream.Write(content));
            }
        }

        return count;
    }

    private static ArgumentException None(string name) => new($"There is no campaign '{name}'.", nameof(name));

    private ICampaign Campaign(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _cluster.GetGrain<ICampaign>(name);
    }
}
