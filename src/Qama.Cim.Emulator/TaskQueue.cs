using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;

namespace Qama.Cim.Emulator;

/// <summary>The accepted tasks, and the workers that compute them.</summary>
internal sealed class TaskQueue : IAsyncDisposable
{
    private const int FirstId = 1000;
    private readonly EmulatorOptions _options;
    private readonly IIsingSolver _solver;
    private readonly ConcurrentDictionary<string, EmulatedTask> _tasks = new();
    private readonly ConcurrentQueue<string> _order = new();
    private readonly ConcurrentDictionary<string, int> _contents = new();
    private readonly Channel<(EmulatedTask Task, bool IsNew)> _queue = Channel.CreateUnbounded<(EmulatedTask, bool)>();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _skipped = [];
    private readonly TaskFolder _folder;
    private readonly Task[] _workers;
    private int _accepted;
    private int _waiting;
    private long _next = FirstId;

    /// <exception cref="IOException">The task folder cannot be used.</exception>
    public TaskQueue(EmulatorOptions options)
    {
        _options = options;
        _solver = options.Solver ?? SimulatorSolver.CoherentIsingMachine();
        _folder = new TaskFolder(options.TaskFolder);
        foreach ((long id, bool isQubo, Func<IsingMatrix> read) in _folder.Load(_skipped.Add).TakeLast(options.Remembered))
        {
            Enqueue(new EmulatedTask(id.ToString(CultureInfo.InvariantCulture), isQubo, read, TimeSpan.Zero), isNew: false);
            _next = Math.Max(_next, id);
        }

        _workers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(ComputeAsync))];
    }

    /// <summary>Tasks accepted by this emulator.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>How often each content was accepted.</summary>
    public IReadOnlyDictionary<string, int> Contents => _contents;

    /// <summary>Files of the task folder that are no tasks, and why.</summary>
    public IReadOnlyList<string> Skipped => _skipped;

    /// <summary>A task that is remembered, or null.</summary>
    public EmulatedTask? Find(string id) => _tasks.GetValueOrDefault(id);

    /// <summary>Accepts a task.</summary>
    /// <returns>The task, or null and why not; then whether it may be accepted later.</returns>
    public async Task<(EmulatedTask? Task, string Reason, bool IsBusy)> AcceptAsync(Upload upload, bool fails)
    {
        if (Interlocked.Increment(ref _waiting) > _options.MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return (null, "too many tasks are waiting", true);
        }

        if (Interlocked.Increment(ref _accepted) > (_options.Quota ?? int.MaxValue))
        {
            Interlocked.Decrement(ref _accepted);
            Interlocked.Decrement(ref _waiting);
            return (null, "the quota is used up", false);
        }

        string id = Interlocked.Increment(ref _next).ToString(CultureInfo.InvariantCulture);
        try
        {
            await _folder.SaveAsync(id, upload.IsQubo, upload.Matrix).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            Interlocked.Decrement(ref _accepted);
            Interlocked.Decrement(ref _waiting);
            return (null, $"the task cannot be kept: {e.Message}", true);
        }

        _contents.AddOrUpdate(upload.ContentHash, 1, (_, count) => count + 1);
        var task = new EmulatedTask(
            id, upload.IsQubo, upload.Matrix.Packed(), _options.QueueDelay, fails ? "the computation failed" : null);
        Enqueue(task, isNew: true);
        return (task, "", false);
    }

    /// <summary>Ends without computing what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_workers).ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Enqueue(EmulatedTask task, bool isNew)
    {
        _tasks[task.Id] = task;
        _order.Enqueue(task.Id);
        while (_order.Count > _options.Remembered && _order.TryDequeue(out string? oldest))
        {
            _tasks.TryRemove(oldest, out _);
        }

        _queue.Writer.TryWrite((task, isNew));
    }

    private async Task ComputeAsync()
    {
        try
        {
            await foreach ((EmulatedTask task, bool isNew) in _queue.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                ulong seed = _options.Seed + ulong.Parse(task.Id, CultureInfo.InvariantCulture);
                task.Compute(_solver, _options.Rows, seed, _options.Noise, _stop.Token);
                Interlocked.Add(ref _waiting, isNew ? -1 : 0); // the others hold no matrix while they wait
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }
}
