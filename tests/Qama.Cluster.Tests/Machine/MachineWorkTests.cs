using Microsoft.Extensions.Logging.Abstractions;
using Qama.Cim;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Tests;
using Qama.Cim.Transport;
using Qama.Cluster.Machine;
using Qama.Ising.Precision;

namespace Qama.Cluster.Tests.Machine;

/// <summary>What the owner of an account does with requests, without a cluster.</summary>
public sealed class MachineWorkTests
{
    [Fact]
    public async Task Callers_take_turns_at_the_machine_and_priorities_go_first()
    {
        var machine = new GatedMachine();
        await using MachineWork work = await StartAsync(machine, o => o.MaxConcurrentTasks = 1);
        MachineRequest[] requests =
        [
            .. Enumerable.Range(0, 4).Select(k => Request(k, "ann")), .. Enumerable.Range(4, 2).Select(k => Request(k, "bob")),
            Request(6, "eve") with { Priority = 3 },
        ];
        Task<MachineReply>[] replies = [work.RunAsync(requests[0])];
        await UntilAsync(() => machine.Submitted.Count == 1);
        foreach (MachineRequest request in requests[1..])
        {
            replies = [.. replies, work.RunAsync(request)];
            await UntilAsync(() => work.Queue(0, 100).Count == replies.Length);
        }

        MachineStatus status = await work.StatusAsync();
        Assert.Equal((1, 6), (status.Running, status.Queued));
        Assert.Equal([("ann", 3, 1), ("bob", 2, 0)], (await work.CallersAsync(0, 2)).Select(c => (c.Caller, c.Queued, c.Running)));
        machine.OpenAll();
        Assert.All(await Task.WhenAll(replies), r => Assert.Equal((ReplyKind.Ended, JournalState.Done, true), (r.Kind, r.State, r.IsSubmitted)));
        Assert.Equal(new[] { 0, 6, 1, 4, 2, 5, 3 }.Select(k => requests[k].Task.Name), machine.Submitted);
    }

    [Fact]
    public async Task One_content_that_several_want_leaves_once_and_counts_for_one()
    {
        var machine = new GatedMachine();
        await using MachineWork work = await StartAsync(machine);
        Task<MachineReply>[] replies = [.. Enumerable.Range(0, 5).Select(k => work.RunAsync(Request(0, $"caller {k}")))];
        await UntilAsync(() => machine.Submitted.Count == 1);
        machine.OpenAll();
        MachineReply[] ended = await Task.WhenAll(replies);
        Assert.All(ended, r => Assert.Equal(JournalState.Done, r.Entry!.State));
        Assert.Single(ended, r => r.IsSubmitted);
        Assert.Single(machine.Submitted);
        Assert.Equal(ReplyKind.Ended, (await work.RunAsync(Request(0, "later") with { Matrix = null })).Kind);
        Assert.Equal(ReplyKind.NeedsMatrix, (await work.RunAsync(Request(1, "later") with { Matrix = null })).Kind);
    }

    [Fact]
    public async Task A_reply_that_was_lost_is_given_again()
    {
        var machine = new GatedMachine { Refuse = _ => new CimNotAcceptedException("busy") { RetryAfter = TimeSpan.FromSeconds(7) } };
        await using MachineWork work = await StartAsync(machine);
        MachineRequest request = Request(0, "ann");
        for (int time = 0; time < 3; time++)
        {
            MachineReply reply = await work.RunAsync(time == 0 ? request : request with { Matrix = null });
            Assert.Equal((ReplyKind.Failed, JournalState.Prepared, false), (reply.Kind, reply.State, reply.IsSubmitted));
            CimException e = reply.Error!.ToException();
            Assert.IsType<CimNotAcceptedException>(e);
            Assert.Equal(("busy", TimeSpan.FromSeconds(7)), (e.Message, e.RetryAfter));
        }

        // Another request tries again.
        machine.Refuse = null;
        machine.OpenAll();
        Assert.True((await work.RunAsync(Request(0, "ann"))).IsSubmitted);
    }

    [Fact]
    public async Task Who_does_not_wait_any_more_leaves_the_queue_and_what_has_left_is_finished()
    {
        var machine = new GatedMachine();
        await using MachineWork work = await StartAsync(machine, o =>
        {
            (o.MaxConcurrentTasks, o.CallerTimeout, o.LookInterval) = (1, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50));
        });
        MachineRequest[] requests = [.. Enumerable.Range(0, 5).Select(k => Request(k, "ann"))];
        MachineRequest[] others = [Request(1, "bob"), Request(4, "bob")];
        _ = work.RunAsync(requests[0]);
        await UntilAsync(() => machine.Submitted.Count == 1);
        Task<MachineReply>[] waiting = [.. requests[1..].Concat(others).Select(work.RunAsync)];
        await UntilAsync(() => work.Queue(0, 100).Count == 5);

        // 1 is wanted by another too, 2 is cancelled for everybody, 3 is left, 0 has left for the machine, 4's callers are gone.
        work.Leave(requests[1].Id, requests[1].Task.Key);
        work.Leave(requests[3].Id, requests[3].Task.Key);
        work.Leave(requests[0].Id, requests[0].Task.Key);
        Assert.True(work.Cancel(requests[2].Task.Key));
        Assert.False(work.Cancel(requests[2].Task.Key));
        Assert.False(work.Cancel(requests[0].Task.Key));
        Assert.Equal(3, work.Queue(0, 100).Count);
        CimException cancelled = (await waiting[1]).Error!.ToException();
        Assert.IsType<CimNotAcceptedException>(cancelled);
        Assert.Contains("taken out of the queue", cancelled.Message, StringComparison.Ordinal);
        while (work.Queue(0, 100).Any(e => e.Name == requests[4].Task.Name))
        {
            Assert.NotEqual(ReplyKind.Failed, (await work.RunAsync(others[0] with { Matrix = null })).Kind);
        }

        machine.OpenAll();
        Assert.Equal(ReplyKind.Ended, (await work.RunAsync(others[0])).Kind);
        Assert.Equal([requests[0].Task.Name, requests[1].Task.Name], machine.Submitted);
        Assert.Equal(2, (await work.TasksAsync(JournalState.Done, 0, 10)).Count);
    }

    [Fact]
    public async Task What_another_owner_left_at_the_machine_is_finished_although_nobody_asks()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "journal.db");
        var machine = new GatedMachine();
        MachineRequest[] requests = [.. Enumerable.Range(0, 3).Select(k => Request(k, "ann"))];
        await using (MachineWork first = await StartAsync(machine, journal: file))
        {
            Task[] replies = [.. requests.Select(first.RunAsync)];
            await UntilAsync(() => machine.Submitted.Count == 3);
            await UntilAsync(() => first.Queue(0, 9).All(e => e.State == JournalState.Running));
        }

        machine.OpenAll();
        await using MachineWork next = await StartAsync(machine, journal: file);
        Assert.Equal(ReplyKind.Ended, (await next.RunAsync(requests[0] with { Matrix = null })).Kind);
        while ((await next.TasksAsync(JournalState.Done, 0, 10)).Count < 3)
        {
            await Task.Delay(5);
        }

        Assert.Equal(3, machine.Submitted.Count);
    }

    [Fact]
    public async Task What_is_no_task_of_the_machine_is_refused_and_changes_nothing()
    {
        var machine = new GatedMachine();
        await using MachineWork work = await StartAsync(machine);
        MachineRequest good = Request(0, "ann");
        byte[] other = [.. good.Matrix!];
        other[3] ^= 1;
        foreach (MachineRequest wrong in new[]
        {
            good with { Matrix = other }, good with { Matrix = other[1..] }, good with { Caller = "" }, good with { Caller = "a\nb" },
            good with { Caller = new string('x', 65) }, good with { Task = good.Task with { Machine = "CPQC-1000" } },
            good with { Task = good.Task with { Bits = 9 } }, good with { Task = good.Task with { SpinCount = 551 } },
            good with { Task = good.Task with { Repetition = 1 } }, good with { Task = good.Task with { Key = "short" } },
        })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => work.RunAsync(wrong));
        }

        Assert.Empty(work.Queue(0, 10));
        Assert.Empty(machine.Submitted);
        Assert.Equal(0, (await work.StatusAsync()).SubmittedToday);
    }

    [Fact]
    public async Task Limits_hold_for_the_account_the_caller_and_the_request()
    {
        var machine = new GatedMachine();
        machine.OpenAll();
        await using MachineWork work = await StartAsync(machine, o => (o.MaxTasksPerDay, o.MaxTasksPerDayPerCaller) = (4, 2));
        await SpendAsync("ann", [null, null, "The limit of 2 tasks a day for ann is reached. Nothing was submitted."], 0, 1, 2);
        MachineReply own = await work.RunAsync(Request(3, "bob") with { MaxTasksPerDay = 1 });
        Assert.Equal("The limit of 1 task a day is reached. Nothing was submitted.", own.Error!.Message);
        const string Account = "The limit of 4 tasks a day is reached. Nothing was submitted.";
        await SpendAsync("bob", [null, null, Account], 3, 4, 5);
        await SpendAsync("eve", [Account, null], 5, 0); // the second is known
        Assert.Equal(4, machine.Submitted.Count);
        Assert.Equal([("ann", 2), ("bob", 2)], (await work.CallersAsync(0, 10)).Select(c => (c.Caller, c.SubmittedToday)));
        MachineTerms terms = await work.TermsAsync("bob");
        Assert.Equal([(4, 4, ""), (2, 2, "bob")], terms.Limits.Select(l => (l.Most, l.Submitted, l.Caller)));

        async Task SpendAsync(string caller, string?[] expected, params int[] tasks)
        {
            for (int k = 0; k < tasks.Length; k++)
            {
                MachineReply reply = await work.RunAsync(Request(tasks[k], caller));
                Assert.Equal(expected[k], reply.Error?.Message);
                Assert.True(expected[k] is null || reply.Error!.ToException() is CimBudgetException);
            }
        }
    }

    /// <summary>A request for a small task of a number.</summary>
    internal static MachineRequest Request(int number, string caller)
    {
        MachineProblem problem = PrecisionReducer.Reduce(
            SmallProblems.Real(1_000 + (ulong)number, 8, 1), CimMachine.Cpqc550.Limits, PrecisionOptions.Plain);
        PackedTask packed = TaskPacker.Pack([problem], CimMachine.Cpqc550.Limits)[0];
        MachineTask task = MachineTask.Of(packed, CimMachine.Cpqc550, UploadForm.QuboOfIsing);
        return new MachineRequest
        {
            Id = Guid.NewGuid(), Caller = caller, Priority = 0,
            Task = new TaskDescription(task.Key, task.Name, task.Machine, task.Form, task.SpinCount, 8, 0),
            Matrix = CompactMatrix.Pack(packed, task.Form, 8),
        };
    }

    private static Task<MachineWork> StartAsync(ICimTransport machine, Action<MachineOptions>? configure = null, string journal = ":memory:")
    {
        var options = new MachineOptions
        {
            Transport = (_, _) => new(machine), PollInterval = TimeSpan.FromMilliseconds(2), MaxPollInterval = TimeSpan.FromMilliseconds(10),
            LookInterval = TimeSpan.FromMilliseconds(20),
        };
        configure?.Invoke(options);
        options.Check();
        return MachineWork.StartAsync("test", options, CimJournal.Open(journal), machine, NullLogger.Instance, TimeProvider.System);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (int k = 0; !isSo(); k++)
        {
            Assert.True(k < 4000, "It does not come.");
            await Task.Delay(5);
        }
    }
}
