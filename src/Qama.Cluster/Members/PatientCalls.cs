using System.Diagnostics;
using System.Net.Sockets;
using Orleans.Runtime;

namespace Qama.Cluster.Members;

/// <summary>Calls that go on when a server dies: it is one of several, or is started again.</summary>
internal static class PatientCalls
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(0.5);

    // Longer than another server takes to notice and to take over.
    private static readonly TimeSpan _outage = TimeSpan.FromMinutes(3);

    /// <summary>Makes a call that is safe to make again, until it is answered or the cluster was away for three minutes.</summary>
    public static async Task<T> RepeatAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        var limit = Stopwatch.StartNew();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await call().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsPassing(e) && limit.Elapsed < _outage)
            {
                await Task.Delay(_pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc cref="RepeatAsync{T}"/>
    public static Task RepeatAsync(Func<Task> call, CancellationToken cancellationToken) => RepeatAsync(
        async () =>
        {
            await call().ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Whether an exception is the cluster's, not that of what was called.</summary>
    public static bool IsPassing(Exception e) => e is OrleansException or TimeoutException or SocketException or IOException;
}
