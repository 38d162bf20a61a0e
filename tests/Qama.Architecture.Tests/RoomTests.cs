using System.Reflection;
using NetArchTest.Rules;

namespace Qama.Architecture.Tests;

/// <summary>Folders are rooms in one direction: a room knows those above it in its assembly's list, none below.</summary>
public sealed class RoomTests
{
    public static TheoryData<string> Assemblies => [.. Houses.All.Keys];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_room_knows_one_below_it(string assembly)
    {
        (Assembly house, string root, string[] rooms) = Houses.All[assembly];
        var found = new List<string>();
        for (int i = 0; i < rooms.Length; i++)
        {
            string[] below = [.. rooms[(i + 1)..].Select(room => $"{root}.{room}")];
            if (below.Length > 0)
            {
                found.AddRange(Types.InAssembly(house)
                    .That().ResideInNamespaceMatching($@"^{root}\.{rooms[i]}(\.|$)")
                    .ShouldNot().HaveDependencyOnAny(below)
                    .GetResult().FailingTypes.Select(type => $"{type.FullName}: {type.Explanation}"));
            }
        }

        Assert.True(found.Count == 0, string.Join("\n", found));
    }
}
