using System.Globalization;
using Npgsql;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;
using Qama.Cluster.Storage;
using Qama.Numerics;

namespace Qama.Cluster.Tests.Storage;

/// <summary>Several owners of one journal, connections that break, a server that is restarted: nothing is claimed twice, nothing
/// lost.</summary>
public sealed class OwnersTests
{
    private static readonly Lazy<string> Database = new(PostgresServer.Shared.CreateDatabase);
    private static readonly sbyte[] Row = [1, -1, 1, -1, -1, 1, 1, -1, 1];

    [PostgresFact]
    public async Task A_newer_owner_ends_the_claims_of_the_older_which_may_still_say_what_became_of_its_own()
    {
        MachineTask[] tasks = [.. Enumerable.Range(0, 6).Select(Numbered)];
        await using CimJournal older = await OpenAsync("fence");
        await Task.WhenAll(tasks.Select(older.PrepareAsync));
        foreach (MachineTask task in tasks[..5])
        {
            Assert.True(await older.ClaimAsync(task.Key, [], 10));
        }

        await using CimJournal newer = await OpenAsync("fence");
        Assert.Equal(5, (await newer.ListInAsync(JournalState.Unknown)).Count);
        Assert.All(await newer.ListInAsync(JournalState.Unknown), e => Assert.Contains("another owner", e.Reason, StringComparison.Ordinal));
        Assert.False(older.IsReplaced);
        CimJournalException refused = await Assert.ThrowsAsync<CimJournalException>(() => older.ClaimAsync(tasks[5].Key, [], 10));
        Assert.Contains("Another owner has taken the journal over", refused.Message, StringComparison.Ordinal);
        Assert.True(older.IsReplaced);
        Assert.False(newer.IsReplaced);
        Assert.True(await newer.ClaimAsync(tasks[5].Key, [], 10));
        await Assert.ThrowsAsync<CimJournalException>(() => older.AcceptAsync(tasks[5].Key, "stolen"));
        await Assert.ThrowsAsync<CimJournalException>(() => older.PrepareAsync(Numbered(99)));

        // The id, an answer, a refusal, no acceptance: all as they would be without the other.
        await older.AcceptAsync(tasks[0].Key, "id 0");
        await older.AcceptAsync(tasks[1].Key, "id 1");
        await older.CompleteAsync(tasks[1].Key, new MachineAnswer { State = MachineState.Done, Rows = [Row] });
        await older.EndAsync(tasks[2].Key, JournalState.Failed, "refused");
        await older.ReleaseAsync(tasks[3].Key, "busy");

        // What has been claimed since is another's.
        Assert.True(await newer.ClaimAsync(tasks[4].Key, [JournalState.Unknown], 10));
        await Assert.ThrowsAsync<CimJournalException>(() => older.AcceptAsync(tasks[4].Key, "of the first"));
        await newer.AcceptAsync(tasks[4].Key, "of the second");
        Assert.Equal(
            [(JournalState.Running, "id 0"), (JournalState.Done, "id 1"), (JournalState.Failed, null), (JournalState.Prepared, null),
                (JournalState.Running, "of the second"), (JournalState.Submitted, null)],
            (await newer.ListAsync()).Select(e => (e.State, e.TaskId)));
        Assert.Equal(6, await newer.SubmittedTodayAsync());
    }

    [PostgresFact]
    public async Task Owners_that_work_at_the_same_time_claim_a_content_once_and_keep_the_budget()
    {
        const int Tasks = 60;
        const int Budget = 40;
        MachineTask[] tasks = [.. Enumerable.Range(0, Tasks).Select(Numbered)];
        int[] claims = new int[Tasks];
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async owner =>
        {
            var random = new RandomStream((ulong)owner);
            for (int round = 0; round < 8; round++)
            {
                // Each takes over from the others again and again.
                await using CimJournal journal = await OpenAsync("several");
                await Task.WhenAll(tasks.OrderBy(_ => random.NextInt32(1000)).ToArray().Select(async task =>
                {
                    try
                    {
                        await journal.PrepareAsync(task);
                        if (await journal.ClaimAsync(task.Key, [], Budget))
                        {
                            Interlocked.Increment(ref claims[int.Parse(task.Key, CultureInfo.InvariantCulture)]);
                        }
                    }
                    catch (CimException e) when (e is CimBudgetException || journal.IsReplaced)
                    {
                    }
                }));
            }
        }));
        await using CimJournal last = await OpenAsync("several");
        Assert.All(claims, c => Assert.InRange(c, 0, 1));
        Assert.Equal(Budget, claims.Sum());
        Assert.Equal(Budget, await last.SubmittedTodayAsync());
        Assert.Equal(Budget, (await last.ListInAsync(JournalState.Unknown)).Count);
    }

    [PostgresFact]
    public async Task A_connection_that_breaks_in_a_commit_neither_loses_nor_doubles_what_was_committed()
    {
        const int Tasks = 45;
        var random = new RandomStream(11);
        var gate = new Lock();
        await using var proxy = new BreakingProxy(PostgresServer.Shared.Port, () =>
        {
            lock (gate)
            {
                return random.NextInt32(3) == 0 ? (Break)(1 + random.NextInt32(3)) : Break.No;
            }
        });
        string broken = new NpgsqlConnectionStringBuilder(Database.Value) { Port = proxy.Port }.ToString();
        MachineTask[] tasks = [.. Enumerable.Range(0, Tasks).Select(Numbered)];
        await using (CimJournal journal = await PostgresJournal.OpenAsync(broken, "breaks", TimeSpan.FromSeconds(60)))
        {
            for (int k = 0; k < Tasks; k++)
            {
                await journal.PrepareAsync(tasks[k]);
                Assert.True(await journal.ClaimAsync(tasks[k].Key, [], Tasks));
                Assert.False(await journal.ClaimAsync(tasks[k].Key, [], Tasks));
                await (k % 3 == 0 ? journal.ReleaseAsync(tasks[k].Key, "busy") : journal.AcceptAsync(tasks[k].Key, $"id {k}"));
            }

            Assert.Equal(Tasks * 2 / 3, await journal.SubmittedTodayAsync());
            await Assert.ThrowsAsync<CimBudgetException>(() => journal.ClaimAsync(tasks[0].Key, [], Tasks * 2 / 3));
            Assert.False(journal.IsReplaced);
        }

        await using CimJournal after = await PostgresJournal.OpenAsync(Database.Value, "breaks");
        IReadOnlyList<JournalEntry> entries = await after.ListAsync();
        Assert.Equal(Tasks, entries.Count);
        Assert.All(entries.Index(), e => Assert.Equal(
            e.Index % 3 == 0 ? (JournalState.Prepared, 0, null) : (JournalState.Running, 1, $"id {e.Index}"), (e.Item.State, e.Item.Submissions, e.Item.TaskId)));
        Assert.InRange(proxy.Breaks, 20, 1000);
    }

    [PostgresFact]
    public async Task An_owner_that_gave_up_an_operation_does_not_take_what_it_cannot_know_for_its_own()
    {
        int left = int.MaxValue;
        Break kind = Break.No;
        var gate = new Lock();
        await using var proxy = new BreakingProxy(PostgresServer.Shared.Port, () =>
        {
            lock (gate)
            {
                return left-- > 0 ? Break.No : kind;
            }
        });
        string broken = new NpgsqlConnectionStringBuilder(Database.Value) { Port = proxy.Port }.ToString();
        await using CimJournal journal = await PostgresJournal.OpenAsync(broken, "given-up", TimeSpan.FromSeconds(0.5));
        MachineTask[] tasks = [Numbered(0), Numbered(1), Numbered(2)];
        await Task.WhenAll(tasks.Select(journal.PrepareAsync));
        Assert.True(await journal.ClaimAsync(tasks[0].Key, [], null));

        // The claim is committed, which nobody learns.
        lock (gate)
        {
            (left, kind) = (0, Break.AfterCommit);
        }

        await Assert.ThrowsAsync<CimJournalException>(() => journal.ClaimAsync(tasks[1].Key, [], null));
        lock (gate)
        {
            left = int.MaxValue;
        }

        // The machine was not told of the second; of the first the id is learnt now.
        await journal.AcceptAsync(tasks[0].Key, "id 0");
        Assert.Equal(
            [(JournalState.Running, "id 0"), (JournalState.Unknown, null), (JournalState.Prepared, null)],
            (await journal.ListAsync()).Select(e => (e.State, e.TaskId)));
        Assert.True(await journal.ClaimAsync(tasks[2].Key, [], null));
        Assert.False(await journal.ClaimAsync(tasks[1].Key, [], null));
    }

    [PostgresFact]
    public async Task A_server_that_is_restarted_is_waited_for()
    {
        using var server = new PostgresServer();
        string database = server.CreateDatabase();
        const int Tasks = 400;
        MachineTask[] tasks = [.. Enumerable.Range(0, Tasks).Select(Numbered)];
        await using CimJournal journal = await PostgresJournal.OpenAsync(database, "restarted", TimeSpan.FromMinutes(1));
        int done = 0;
        Task work = Task.WhenAll(Enumerable.Range(0, 4).Select(async part =>
        {
            foreach (MachineTask task in tasks.Where((_, k) => k % 4 == part))
            {
                await journal.PrepareAsync(task);
                Assert.True(await journal.ClaimAsync(task.Key, [], Tasks));
                await journal.AcceptAsync(task.Key, "id");
                Interlocked.Increment(ref done);
            }
        }));
        foreach (int at in new[] { Tasks / 10, Tasks / 2 })
        {
            while (Volatile.Read(ref done) < at && !work.IsCompleted)
            {
                await Task.Delay(2);
            }

            await Task.Run(() => server.Restart(at < Tasks / 4 ? "immediate" : "fast"));
        }

        await work;
        Assert.All(await journal.ListAsync(), e => Assert.Equal((JournalState.Running, 1), (e.State, e.Submissions)));
        Assert.Equal(Tasks, await journal.SubmittedTodayAsync());
    }

    private static MachineTask Numbered(int number) => new()
    {
        Key = number.ToString("D64", CultureInfo.InvariantCulture), Name = $"task-{number}", Machine = "CPQC-550", Form = UploadForm.Ising, SpinCount = 9,
    };

    private static Task<CimJournal> OpenAsync(string account) => PostgresJournal.OpenAsync(Database.Value, account, TimeSpan.FromSeconds(30));
}
