using Qama.Training.Optimization;

namespace Qama.Training;

/// <summary>Where a training stands between two steps.</summary>
/// <param name="CompletedEpochs">Whole epochs that are behind.</param>
/// <param name="StepsBefore">The optimiser's steps before the first of them: those of earlier trainings.</param>
/// <param name="StepsPerEpoch">Steps of an epoch; 0 where <paramref name="Data"/> is null.</param>
/// <param name="Data">The training data; null before a step, when any may follow.</param>
internal readonly record struct TrainingState(
    int CompletedEpochs, long StepsBefore, int StepsPerEpoch, DataFingerprint? Data)
{
    /// <summary>Steps of the epoch under way.</summary>
    public int CompletedBatches { get; init; }

    /// <summary>Sum of the losses of these steps' labelled rows.</summary>
    public double EpochLoss { get; init; }

    /// <summary>How many of them were classified rightly.</summary>
    public long EpochCorrect { get; init; }

    /// <summary>How many there are.</summary>
    public long EpochRows { get; init; }

    /// <summary>Steps of this training that are behind.</summary>
    public long Behind => (long)CompletedEpochs * StepsPerEpoch + CompletedBatches;

    /// <summary>The optimiser's steps.</summary>
    public long Steps => StepsBefore + Behind;

    /// <summary>After one more step of the epoch.</summary>
    /// <param name="sum">The batch's.</param>
    public TrainingState After(LossSum sum) => this with
    {
        CompletedBatches = CompletedBatches + 1,
        EpochLoss = EpochLoss + sum.Mean * sum.Rows,
        EpochCorrect = EpochCorrect + sum.Correct,
        EpochRows = EpochRows + sum.Rows,
    };

    /// <summary>After the epoch's last step.</summary>
    public TrainingState NextEpoch() => new(CompletedEpochs + 1, StepsBefore, StepsPerEpoch, Data);

    /// <summary>The progress after the epoch's last step so far.</summary>
    public TrainingProgress Progress(TrainingPlan plan, double norm, TimeSpan left) => new(
        CompletedEpochs + 1, plan.Epochs, CompletedBatches, plan.Batches, EpochLoss / EpochRows, EpochCorrect / (double)EpochRows, norm, left);
}
