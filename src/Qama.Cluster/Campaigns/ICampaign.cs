namespace Qama.Cluster.Campaigns;

/// <summary>A campaign's coordinator; its key is the campaign's name.</summary>
[Alias("qama.campaign")]
internal interface ICampaign : IGrainWithStringKey
{
    /// <summary>Begins, continues or changes the campaign: from now on its tasks are the file's.</summary>
    Task SubmitAsync(string file);

    /// <summary>How it is; null for a campaign that was never submitted.</summary>
    [ResponseTimeout("00:00:10")] // a caller asks another server when one has died
    Task<CampaignStatus?> StatusAsync();

    /// <summary>Stops what runs and begins nothing more.</summary>
    /// <returns>Whether there is such a campaign.</returns>
    Task<bool> CancelAsync();

    /// <summary>Goes on, if there is something to do and nobody does it.</summary>
    Task WakeAsync();

    /// <summary>Keys of the tasks that have a result; null for a campaign that was never submitted.</summary>
    Task<string[]?> DoneAsync();

    /// <summary>A task's result, JSON; null if it has none.</summary>
    Task<string?> ResultAsync(string key);
}
