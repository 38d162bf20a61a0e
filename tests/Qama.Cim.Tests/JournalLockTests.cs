using System.Diagnostics;
using System.Runtime.InteropServices;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;

namespace Qama.Cim.Tests;

/// <summary>A journal belongs to one program at a time, by whichever name it is opened.</summary>
public partial class JournalLockTests
{
    private static readonly MachineTask SomeTask = new()
    {
        Key = new string('a', 64), Name = "qama-aaaaaaaaaaaa", Machine = "CPQC-550", Form = UploadForm.Ising, SpinCount = 9,
    };

    public static TheoryData<string> Names =>
        ["itself", "dots", "link", "relative link", "link to a link", "linked folder", "hard link", "lock deleted", "lock replaced", "copied meanwhile"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_second_opening_is_refused_and_disturbs_nothing(string name)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // links need rights there, and an open file cannot be deleted
        }

        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "real", "journal.db");
        string other;
        await using (CimJournal first = CimJournal.Open(path))
        {
            await first.PrepareAsync(SomeTask);
            Assert.True(await first.ClaimAsync(SomeTask.Key, [], 1));
            other = OtherName(name, folder.Path, path);
            for (int attempt = 0; attempt < 2; attempt++)
            {
                CimJournalException e = Assert.Throws<CimJournalException>(() => CimJournal.Open(other));
                Assert.Contains("in use", e.Message, StringComparison.Ordinal);
            }

            Assert.Equal(JournalState.Submitted, (await first.FindAsync(SomeTask.Key))!.State);
            await first.AcceptAsync(SomeTask.Key, "17");
        }

        await using CimJournal free = CimJournal.Open(other);
        JournalEntry entry = Assert.Single(await free.ListAsync());
        Assert.Equal((JournalState.Running, "17"), (entry.State, entry.TaskId));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("hard link")]
    [InlineData("lock deleted")]
    [InlineData("copied meanwhile")]
    public async Task Another_program_is_refused_too(string name)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "real", "journal.db");
        await using CimJournal first = CimJournal.Open(path);
        await first.PrepareAsync(SomeTask);
        Assert.True(await first.ClaimAsync(SomeTask.Key, [], 1));
        ProcessStartInfo start = ClientProcess.Start("http://127.0.0.1:9", OtherName(name, folder.Path, path), "1");
        start.RedirectStandardError = true;
        using Process child = Process.Start(start)!;
        string error = await child.StandardError.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.Contains("in use", error, StringComparison.Ordinal);
        Assert.Equal(JournalState.Submitted, Assert.Single(await first.ListAsync()).State);
    }

    [Fact]
    public async Task A_link_to_no_file_yet_makes_the_file_and_is_locked_with_it()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "journal.db");
        string link = Path.Combine(folder.Path, "today.db");
        File.CreateSymbolicLink(link, path);
        await using CimJournal first = CimJournal.Open(link);
        Assert.True(File.Exists(path));
        Assert.Throws<CimJournalException>(() => CimJournal.Open(path));
    }

    private static string OtherName(string name, string folder, string path)
    {
        string other = Path.Combine(folder, "other.db");
        switch (name)
        {
            case "dots":
                return Path.Combine(folder, "real", "..", "real", "journal.db");
            case "link":
                File.CreateSymbolicLink(other, path);
                return other;
            case "relative link":
                File.CreateSymbolicLink(other, Path.Combine("real", "journal.db"));
                return other;
            case "link to a link":
                File.CreateSymbolicLink(other + "2", path);
                File.CreateSymbolicLink(other, other + "2");
                return other;
            case "linked folder":
                Directory.CreateSymbolicLink(Path.Combine(folder, "linked"), Path.Combine(folder, "real"));
                return Path.Combine(folder, "linked", "journal.db");
            case "hard link":
                Assert.Equal(0, Link(path, other));
                return other;
            case "lock deleted":
                File.Delete(path + ".lock");
                return path;
            case "lock replaced":
                File.Move(path + ".lock", path + ".gone");
                File.WriteAllText(path + ".lock", "");
                return path;
            case "copied meanwhile":
                File.Copy(path, path + ".copy"); // its handle's end takes the database's own lock away
                return path;
            default:
                return path;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string path, string other);
}
