using Orleans.Runtime;

namespace Qama.Cluster.Members;

/// <summary>Ends with its host what a silo has begun, though it was not stopped, or refuses to stop because its start failed.</summary>
/// <remarks>Orleans' distributed directory of grains (10.4) would go on without end, and keep a processor busy.</remarks>
internal sealed class SiloEnd(ISiloLifecycleSubject parts) : ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private bool _isStopped;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(SiloEnd), ServiceLifecycleStage.First, _ => Task.CompletedTask, _ =>
        {
            _isStopped = true;
            return Task.CompletedTask;
        });

    public ValueTask DisposeAsync() => _isStopped ? default : new ValueTask(parts.OnStop(new CancellationToken(canceled: true)));
}
