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
    private readonly Channel<EmulatedTask> _waiting = Channel.CreateUnbounded<EmulatedTask>();
    private readonly TaskFolder _folder;
    private readonly Task[] _workers;
    private int _accepted;
    private int _next;

    public TaskQueue(EmulatorOptions options)
    {
        _options = options;
        _solver = options.Solver ?? SimulatorSolver.CoherentIsingMachine();
        _folder = new TaskFolder(options.TaskFolder);
        foreach ((string id, bool isQubo, int[] ising, int spins) in _folder.Load())
        {
            Enqueue(new EmulatedTask(id, isQubo, ising, spins, TimeSpan.Zero, fails: false));
            _next = Math.Max(_next, int.Parse(id, CultureInfo.InvariantCulture) - FirstId);
        }

        _workers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(ComputeAsync))];
    }

    /// <summary>Tasks accepted by this emulator.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>How often each content was accepted.</summary>
    public IReadOnlyDictionary<string, int> Contents => _contents;

    /// <summary>A task that is remembered, or null.</summary>
    public EmulatedTask? Find(string id) => _tasks.GetValueOrDefault(id);

    /// <summary>Accepts a task; null where the quota is used up.</summary>
    public async Task<EmulatedTask?> AcceptAsync(Upload upload, bool fails)
    {
        if (Interlocked.Increment(ref _accepted) > (_options.Quota ?? int.MaxValue))
        {
            Interlocked.Decrement(ref _accepted);
            return null;
        }

        _contents.AddOrUpdate(upload.ContentHash, 1, (_, count) => count + 1);
        string id = (FirstId + Interlocked.Increment(ref _next)).ToString(CultureInfo.InvariantCulture);
        var task = new EmulatedTask(id, upload.IsQubo, upload.Ising, upload.Spins, _options.QueueDelay, fails);
        await _folder.SaveAsync(task, upload.Ising).ConfigureAwait(false);
        Enqueue(task);
        return task;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await Task.WhenAll(_workers).ConfigureAwait(false);
    }

    private void Enqueue(EmulatedTask task)
    {
        _tasks[task.Id] = task;
        _order.Enqueue(task.Id);
        while (_order.Count > _options.Remembered && _order.TryDequeue(out string? oldest))
        {
            _tasks.TryRemove(oldest, out _);
        }

        _waiting.Writer.TryWrite(task);
    }

    private async Task ComputeAsync()
    {
        await foreach (EmulatedTask task in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            task.Compute(_solver, _options.Rows, _options.Seed + ulong.Parse(task.Id, CultureInfo.InvariantCulture), _options.Noise);
        }
    }
}
