using System.Diagnostics;
using Qama.Files;

namespace Qama.Tests.Files;

/// <summary>Files appear whole or not at all, whatever stands in their place.</summary>
public sealed class AtomicFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string Old => Path.Combine(_folder, "a.txt");

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void A_failure_after_any_number_of_bytes_leaves_the_old_file_and_nothing_else()
    {
        foreach (int bytes in new[] { 0, 1, 5000, 200_000 })
        {
            File.WriteAllText(Old, "old");
            Assert.Throws<IOException>(() => AtomicFiles.Write(Old, stream =>
            {
                stream.Write(new byte[bytes]);
                throw new IOException("No space left on device");
            }));
            Assert.Equal("old", File.ReadAllText(Old));
            Assert.Equal([Old], Directory.GetFileSystemEntries(_folder));
        }
    }

    [Fact]
    public void The_new_content_is_seen_only_when_it_is_whole()
    {
        File.WriteAllText(Old, "old");
        AtomicFiles.WriteText(Old, writer =>
        {
            writer.WriteLine("new");
            writer.Flush();
            Assert.Equal("old", File.ReadAllText(Old));
        });
        Assert.Equal("new\n", File.ReadAllText(Old));
        Assert.Equal([Old], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Several_files_are_replaced_together()
    {
        string other = Path.Combine(_folder, "b.txt");
        File.WriteAllText(Old, "old");
        using (var files = new AtomicFiles())
        {
            files.Add(Old, stream => stream.WriteByte((byte)'1'));
            files.Add(other, stream => stream.WriteByte((byte)'2'));
            Assert.Equal("old", File.ReadAllText(Old));
            Assert.False(File.Exists(other));
            files.Commit();
        }

        Assert.Equal(("1", "2"), (File.ReadAllText(Old), File.ReadAllText(other)));
        using (var files = new AtomicFiles())
        {
            files.Add(Old, stream => stream.WriteByte((byte)'3'));
            Assert.Throws<InvalidOperationException>(() => files.Add(other, _ => throw new InvalidOperationException()));
        }

        Assert.Equal(("1", "2"), (File.ReadAllText(Old), File.ReadAllText(other)));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public void What_dead_writers_left_is_tidied_up_and_what_live_ones_hold_is_not()
    {
        string abandoned = $"{Old}.{Guid.NewGuid():N}.tmp";
        string[] foreign = [$"{Old}.tmp", $"{Old}.0123.tmp", Path.Combine(_folder, $"b.txt.{Guid.NewGuid():N}.tmp"), $"{Old}.{Guid.NewGuid():N}"];
        foreach (string path in foreign.Append(abandoned))
        {
            File.WriteAllText(path, "unfinished");
        }

        string? live = null;
        AtomicFiles.Write(Old, _ =>
        {
            live = Assert.Single(Directory.GetFiles(_folder, "a.txt.*.tmp"), p => Path.GetFileName(p).Length == Path.GetFileName(abandoned).Length);
            AtomicFiles.Write(Old, stream => stream.WriteByte((byte)'1'));
            Assert.True(File.Exists(live));
        });
        Assert.Equal(foreign.Append(Old).Order(), Directory.GetFiles(_folder).Order());
        Assert.Equal("", File.ReadAllText(Old));
    }

    [Fact]
    public void Many_writers_of_one_file_do_not_disturb_each_other()
    {
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            AtomicFiles.Write(Old, stream => stream.Write([.. Enumerable.Repeat((byte)i, 1000)])));
        Assert.Single(File.ReadAllBytes(Old).Distinct());
        Assert.Equal([Old], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Names_that_leave_no_room_for_more_are_written_too()
    {
        string path = Path.Combine(_folder, new string('x', 255));
        AtomicFiles.Write(path, stream => stream.WriteByte(1));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Links_permissions_and_devices_are_respected()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // they are matters of Unix
        }

        string target = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "elsewhere")).FullName, "target");
        string link = Path.Combine(_folder, "link");
        File.WriteAllText(target, "old");
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.SetUnixFileMode(target, Private);
        File.CreateSymbolicLink(link, target);
        AtomicFiles.Write(link, stream => stream.WriteByte((byte)'1'));
        Assert.Equal((target, "1"), (new FileInfo(link).LinkTarget, File.ReadAllText(target)));
        Assert.Equal(Private, File.GetUnixFileMode(target));

        File.Delete(target);
        AtomicFiles.Write(link, stream => stream.WriteByte((byte)'2'));
        Assert.Equal((target, "2"), (new FileInfo(link).LinkTarget, File.ReadAllText(target)));

        File.SetUnixFileMode(target, UnixFileMode.UserRead);
        Assert.Contains("read-only", Assert.Throws<IOException>(() => AtomicFiles.Write(link, _ => { })).Message, StringComparison.Ordinal);

        // A link that looks like an abandoned file is not followed.
        string planted = Path.Combine(_folder, $"link.{Guid.NewGuid():N}.tmp");
        File.CreateSymbolicLink(planted, target);
        AtomicFiles.Write(Path.Combine(_folder, "plain"), stream => stream.WriteByte((byte)'3'));
        Assert.Equal("2", File.ReadAllText(target));

        AtomicFiles.Write("/dev/null", stream => stream.WriteByte((byte)'4'));
        Assert.Empty(File.ReadAllBytes("/dev/null"));
        Assert.Empty(Directory.GetFiles("/dev", "*.tmp"));
    }

    [Fact]
    public async Task A_pipe_is_written_to()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // there are none with names in folders
        }

        string pipe = Path.Combine(_folder, "pipe");
        using (var make = Process.Start("mkfifo", [pipe]))
        {
            await make.WaitForExitAsync();
        }

        Task<string> read = Task.Run(() => File.ReadAllText(pipe));
        AtomicFiles.WriteText(pipe, writer => writer.Write("through"));
        Assert.Equal("through", await read);
        Assert.Equal([pipe], Directory.GetFileSystemEntries(_folder));
    }
}
