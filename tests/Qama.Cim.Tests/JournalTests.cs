using System.Text;
using Microsoft.Data.Sqlite;
using Qama.Annealing;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;
using Qama.Problems;

namespace Qama.Cim.Tests;

public class JournalTests
{
    private static readonly MachineTask SomeTask = new()
    {
        Key = new string('a', 64), Name = "qama-aaaaaaaaaaaa", Machine = "CPQC-550", Form = UploadForm.Ising, SpinCount = 9,
    };

    private static readonly sbyte[] Row = [1, -1, 1, -1, -1, 1, 1, -1, 1];

    [Fact]
    public async Task A_clock_that_jumps_disturbs_no_task()
    {
        var clock = new JournalClock();
        await using CimEmulator emulator = await CimEmulator.StartAsync(new EmulatorOptions { QueueDelay = TimeSpan.FromMilliseconds(150) });
        await using CimJournal journal = CimJournal.Open(":memory:", clock);
        await using var transport = new Qboson.QbosonTransport(Client.Http(emulator.Address), new Security.CimCredentials("a", "b"));
        var sampler = new CimSampler(transport, journal, Client.Fast, time: clock);
        Task run = sampler.SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default).AsTask();
        for (int jump = 1; !run.IsCompleted; jump++)
        {
            clock.Now += TimeSpan.FromDays(jump % 2 == 0 ? -400 : 399);
            await Task.Delay(5);
        }

        await run;
        Assert.Equal(JournalState.Done, Assert.Single(await journal.ListAsync()).State);
    }

    [Fact]
    public async Task A_journal_belongs_to_one_program_at_a_time()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "journal.db");
        await using (CimJournal.Open(path))
        {
            CimJournalException e = Assert.Throws<CimJournalException>(() => CimJournal.Open(path));
            Assert.Contains("in use", e.Message, StringComparison.Ordinal);
        }

        await using CimJournal free = CimJournal.Open(path);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("header")]
    [InlineData("middle")]
    [InlineData("foreign")]
    [InlineData("version")]
    public async Task A_damaged_or_foreign_file_is_refused_and_left_as_it_is(string damage)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "journal.db");
        await FillAsync(path);
        byte[] bytes = await File.ReadAllBytesAsync(path);
        switch (damage)
        {
            case "garbage":
                bytes = Encoding.ASCII.GetBytes(new string('x', 5000));
                break;
            case "header":
                bytes[0] ^= 0xFF;
                break;
            case "middle":
                bytes.AsSpan(4096 + 200, bytes.Length - 4096 - 200).Fill(0xA5);
                break;
        }

        await File.WriteAllBytesAsync(path, bytes);
        if (damage is "foreign" or "version")
        {
            using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = damage == "foreign" ? "PRAGMA application_id = 5" : "PRAGMA user_version = 77";
            command.ExecuteNonQuery();
        }

        byte[] before = await File.ReadAllBytesAsync(path);
        CimJournalException e = Assert.Throws<CimJournalException>(() => CimJournal.Open(path));
        Assert.DoesNotContain("SQLite Error 1:", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task A_disk_that_cannot_be_written_lets_nothing_leave()
    {
        if (OperatingSystem.IsLinux())
        {
            // Not even root can make files there.
            Assert.Throws<CimJournalException>(() => CimJournal.Open("/proc/qama/journal.db"));
        }

        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "journal.db"));
        Assert.Throws<CimJournalException>(() => CimJournal.Open(Path.Combine(folder.Path, "journal.db")));

        string path = Path.Combine(folder.Path, "full.db");
        int accepted;
        await using (Client client = await Client.StartAsync(options: Client.Fast with { Pack = false }, journal: path))
        {
            await client.Journal.RefuseFurtherPagesAsync();
            CimJournalException e = await Assert.ThrowsAsync<CimJournalException>(() => client.SampleAsync(Client.Problems(400)));
            Assert.Contains("disk is full", e.Message, StringComparison.Ordinal);
            accepted = client.Emulator.Accepted;
        }

        // Every task that left has its receipt.
        await using CimJournal after = CimJournal.Open(path);
        Assert.InRange(accepted, 0, (await after.ListAsync()).Sum(t => t.Submissions));
    }

    [Fact]
    public async Task A_recording_replays_without_a_machine()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "run.jsonl");
        QuboProblemBatch problems = Client.Problems(5);
        SampleSet recorded;
        await using (Client client = await Client.StartAsync(options: Client.Fast with { Pack = false }))
        {
            recorded = await client.SampleAsync(problems, reads: 3);
            Assert.Equal(5, await Recording.ExportAsync(client.Journal, file));
        }

        await using CimJournal fresh = CimJournal.Open(":memory:");
        await using var replay = new ReplayTransport(await Recording.ReadAsync(file));
        var sampler = new CimSampler(replay, fresh, Client.Fast with { Pack = false });
        var replayed = new SampleSet(5, 3, 8);
        await sampler.SampleAsync(problems, replayed, default);
        for (int k = 0; k < 15; k++)
        {
            Assert.Equal(recorded.State(k / 3, k % 3).ToArray(), replayed.State(k / 3, k % 3).ToArray());
            Assert.Equal(recorded.Energy(k / 3, k % 3), replayed.Energy(k / 3, k % 3));
        }

        CimTasksException missing = await Assert.ThrowsAsync<CimTasksException>(
            () => sampler.SampleAsync(Client.Problems(1, seed: 9), new SampleSet(1, 1, 8), default).AsTask());
        Assert.Contains("The recording has no task", missing.Message, StringComparison.Ordinal);
        await using CimJournal other = CimJournal.Open(":memory:");
        Assert.Equal(5, await Recording.ImportAsync(other, file));
        Assert.Equal(0, await Recording.ImportAsync(other, file));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{}")]
    [InlineData("""{"format":"other"}""")]
    public async Task A_damaged_recording_is_refused_with_the_line(string line)
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "run.jsonl");
        await File.WriteAllTextAsync(file, line + "\n");
        CimJournalException e = await Assert.ThrowsAsync<CimJournalException>(() => Recording.ReadAsync(file));
        Assert.Contains("Line 1", e.Message, StringComparison.Ordinal);
    }

    private static async Task FillAsync(string path)
    {
        await using CimJournal journal = CimJournal.Open(path);
        for (int k = 0; k < 200; k++)
        {
            string key = k.ToString("D64", System.Globalization.CultureInfo.InvariantCulture);
            await journal.PrepareAsync(SomeTask with { Key = key });
            await journal.CompleteAsync(key, new MachineAnswer
            {
                State = MachineState.Done, Rows = [.. Enumerable.Repeat(Row, 20)], ReportedEnergies = new double[20],
            });
        }
    }
}
