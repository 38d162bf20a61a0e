namespace Qama.Cim.Transport;

/// <summary>A way to a machine. It keeps no record of tasks: that is the journal's.</summary>
public interface ICimTransport : IAsyncDisposable
{
    /// <summary>A short name for provenance and logs.</summary>
    string Name { get; }

    /// <summary>Whether submitting the same task again continues it instead of starting another.</summary>
    bool SubmissionIsRepeatable => false;

    /// <summary>Submits a task once.</summary>
    /// <param name="task">The task.</param>
    /// <param name="matrix">MatrixSize² integers, row-major; valid until the call has completed.</param>
    /// <param name="cancellationToken">Stops before the task leaves, or between attempts; never while it is leaving.</param>
    /// <returns>The machine's id of the task.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the task certainly was not accepted.</exception>
    /// <exception cref="CimConfigurationException">The task certainly was not accepted: address or credentials are wrong.</exception>
    /// <exception cref="CimNotAcceptedException">The task certainly was not accepted; later it may be.</exception>
    /// <exception cref="CimRefusedException">The task certainly was not accepted, and will not be.</exception>
    /// <exception cref="Exception">Anything else: the outcome is unknown.</exception>
    ValueTask<string> SubmitAsync(MachineTask task, ReadOnlyMemory<int> matrix, CancellationToken cancellationToken);

    /// <summary>Asks for a task's state and, when it is done, its answer.</summary>
    /// <exception cref="CimException">There is no usable answer at the moment; the task goes on.</exception>
    ValueTask<MachineAnswer> QueryAsync(MachineTask task, string taskId, CancellationToken cancellationToken);
}
